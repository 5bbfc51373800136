#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

void SetupDetector() {
  static tflite::MicroMutableOpResolver<2> detector;
  detector.AddConv2D();
  detector.AddLogistic();
  RunDetector(detector);
}

void SetupClassifier() {
  static tflite::MicroMutableOpResolver<3> classifier;
  classifier.AddConv2D();
  classifier.AddLogistic();
  classifier.AddSoftmax();
  RunClassifier(classifier);
}
