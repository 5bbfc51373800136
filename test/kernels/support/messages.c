/* Prints the messages of one operator for every DtmmStatus, and for one that does not exist, a line each. */
#include <stdio.h>
#include <string.h>

#include "dtmm_block_fc_check.h"
#include "dtmm_csr.h"
#include "dtmm_filterlet_check.h"
#include "dtmm_packed_format.h"
#include "dtmm_pattern.h"

typedef struct Operator {
  const char* name;
  const char* (*message)(DtmmStatus);
} Operator;

static const Operator operators[] = {
    {DTMM_FILTERLET_CONV_2D_NAME, dtmm_filterlet_message},
    {DTMM_BLOCK_FULLY_CONNECTED_NAME, dtmm_block_fc_message},
    {DTMM_PATTERN_CONV_2D_NAME, dtmm_pattern_message},
    {DTMM_CSR_CONV_2D_NAME, dtmm_csr_conv_message},
    {DTMM_CSR_FULLY_CONNECTED_NAME, dtmm_csr_fully_connected_message},
};

int main(int count, char** arguments) {
  size_t i;
  for (i = 0; count > 1 && i < sizeof operators / sizeof *operators; ++i) {
    int status;
    if (strcmp(arguments[1], operators[i].name) != 0) continue;
    for (status = 0; status <= DTMM_STATUS_COUNT; ++status) puts(operators[i].message((DtmmStatus)status));
  }
  return 0;
}
