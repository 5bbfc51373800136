/** What goes over the channel between a pool and its workers; v8 serialisation keeps typed arrays as they are. */

export interface WorkerRequest {
  name: string;
  request: unknown;
}

export type WorkerReply =
  | { type: "ready" }
  | { type: "loadFailed"; reason: string }
  | { type: "result"; value: unknown }
  | { type: "error"; code: string; message: string };
