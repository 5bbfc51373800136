/* From reset to main on an emulated Cortex-M. QEMU loads every segment of the ELF file to where it runs and
 * hands over zeroed memory, so nothing has to be copied or cleared. */
#include <stdint.h>
#include <stdlib.h>

#include "semihosting.h"

extern uint32_t board_stack_top[]; /* from the linker script */
extern unsigned char board_edge_end[];
extern void __libc_init_array(void);
extern int main(void);

void board_reset(void);

static void fault(void) {
  board_print("board: fault: an access outside of memory, or an instruction that this core does not have\n");
  board_exit(2);
}

static void enable_extensions(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  volatile uint32_t* const coprocessor_access = (volatile uint32_t*)0xe000ed88;
  *coprocessor_access |= 0xfu << 20; /* full access to CP10 and CP11: floating point and MVE */
#endif
#if defined(__ARM_FEATURE_MVE)
  volatile uint32_t* const configuration = (volatile uint32_t*)0xe000ed14;
  *configuration |= 1u << 19; /* low-overhead loops keep their cached branch, as firmware has it */
#endif
  __asm__ volatile("dsb\n isb" ::: "memory");
}

/* QEMU answers reads of the reserved memory of MPS2 with 0; the memory protection unit makes them faults. The
 * machines of Armv8-M fault by themselves. */
static void protect_edge(void) {
#if __ARM_ARCH == 7
  volatile uint32_t* const control = (volatile uint32_t*)0xe000ed94;
  volatile uint32_t* const region_number = (volatile uint32_t*)0xe000ed98;
  volatile uint32_t* const region_base = (volatile uint32_t*)0xe000ed9c;
  volatile uint32_t* const region_attributes = (volatile uint32_t*)0xe000eda0;
  *region_number = 0;
  *region_base = (uint32_t)board_edge_end;
  *region_attributes = 15u << 1 | 1u; /* 2^(15 + 1) bytes, no access */
  *control = 1u << 2 | 1u;            /* everything else as without protection */
  __asm__ volatile("dsb\n isb" ::: "memory");
#endif
}

void board_reset(void) {
  protect_edge();
  enable_extensions();
  __libc_init_array();
  exit(main());
}

typedef void (*Handler)(void);

typedef struct VectorTable {
  const uint32_t* stack_top;
  Handler handlers[15]; /* exceptions 1 to 15 */
} VectorTable;

__attribute__((section(".vectors"), used)) static const VectorTable vectors = {
    board_stack_top,
    {board_reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault}};
