/* Prints the message of every DtmmStatus, and of one that does not exist, a line each. */
#include <stdio.h>

#include "dtmm_filterlet_check.h"

int main(void) {
  int status;
  for (status = 0; status <= DTMM_STATUS_COUNT; ++status) {
    puts(dtmm_filterlet_message((DtmmStatus)status));
  }
  return 0;
}
