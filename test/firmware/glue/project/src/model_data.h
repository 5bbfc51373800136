#pragma once

extern const unsigned char g_model[];
extern const int g_model_len;
