// The operators of the gesture model.
void registerOps() {
  opResolver.AddConv2D();
  opResolver.AddFullyConnected();
  opResolver.AddSoftmax();
}
