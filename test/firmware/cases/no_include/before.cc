// Everything comes from the board's prefix header.

tflite::MicroMutableOpResolver<1> resolver;

void setup() {
  resolver.AddConv2D();
}
