extern const unsigned char g_model[];
