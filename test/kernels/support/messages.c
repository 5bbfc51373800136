/* Prints the messages of one operator for every DtmmStatus, and for one that does not exist, a line each. */
#include <stdio.h>
#include <string.h>

#include "dtmm_block_fc_check.h"
#include "dtmm_filterlet_check.h"

int main(int count, char** arguments) {
  const int fully_connected = count > 1 && strcmp(arguments[1], "DTMM_BLOCK_FULLY_CONNECTED") == 0;
  int status;
  for (status = 0; status <= DTMM_STATUS_COUNT; ++status) {
    const DtmmStatus value = (DtmmStatus)status;
    puts(fully_connected ? dtmm_block_fc_message(value) : dtmm_filterlet_message(value));
  }
  return 0;
}
