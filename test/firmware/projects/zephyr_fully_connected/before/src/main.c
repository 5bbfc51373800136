#include "main_functions.h"

int main(void)
{
	setup();
	while (1) {
		loop();
	}
}
