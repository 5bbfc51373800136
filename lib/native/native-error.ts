/**
 * What a native function threw, as it was before it became a coded error: the `cause` of NATIVE_REJECTED.
 */
export class NativeError extends Error {
  override readonly name = "NativeError";
  /** The native code's own name for the fault, for example "TFLM_ALLOCATE". */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
