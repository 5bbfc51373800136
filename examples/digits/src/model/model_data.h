#ifndef MODEL_DATA_H_
#define MODEL_DATA_H_

// The digit classifier, an int8 .tflite file.
extern const unsigned char g_model[];
extern const unsigned int g_model_len;

#endif  // MODEL_DATA_H_
