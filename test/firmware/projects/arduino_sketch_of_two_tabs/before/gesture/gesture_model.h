extern const unsigned char g_gesture_model[];
