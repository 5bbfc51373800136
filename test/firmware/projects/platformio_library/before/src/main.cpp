#include <Arduino.h>
#include <Classifier.h>

Classifier classifier;

void setup() { classifier.begin(nullptr); }
void loop() {}
