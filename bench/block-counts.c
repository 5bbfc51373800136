/* A TCG plugin for QEMU 7.2 and later: how often each translated block ran between two addresses, and how
 * often one block did not follow the one before in memory. bench/cycles.mjs compiles and reads it.
 *
 * Arguments: begin=ADDRESS of the function to look into, end=ADDRESS that it returns to, out=FILE.
 * The file: "taken N", then "START INSTRUCTIONS N" per block, START in hexadecimal.
 *
 * QEMU's packages come without the plugin header, so what is used of it is declared here. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*TranslateCallback)(qemu_plugin_id_t id, struct qemu_plugin_tb* block);
typedef void (*ExecuteCallback)(unsigned int cpu, void* data);
typedef void (*ExitCallback)(qemu_plugin_id_t id, void* data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb* block);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn* instruction);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn* instruction);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, TranslateCallback callback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb* block, ExecuteCallback callback, int flags,
                                          void* data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, ExitCallback callback, void* data);

/* The version of the interface that is used; QEMU looks for the symbol. */
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

typedef struct Block {
  struct Block* next;
  uint64_t start;
  uint64_t end;
  size_t instructions;
  uint64_t count;
} Block;

static Block* blocks;
static uint64_t begin_address;
static uint64_t end_address;
static const char* file_name;
static int inside;
static uint64_t expected; /* where the next block starts if no branch is taken */
static uint64_t taken;

static void execute(unsigned int cpu, void* data) {
  Block* block = (Block*)data;
  (void)cpu;
  if (block->start == end_address) inside = 0;
  if (block->start == begin_address) {
    inside = 1;
    expected = block->start;
  }
  if (!inside) return;
  ++block->count;
  taken += block->start != expected;
  expected = block->end;
}

/* Bytes of a Thumb instruction. QEMU's own figure counts in a halfword that it looked at behind a page. */
static uint64_t thumb_bytes(const struct qemu_plugin_insn* instruction) {
  const uint8_t* bytes = (const uint8_t*)qemu_plugin_insn_data(instruction);
  return bytes[1] >> 3 >= 0x1d ? 4 : 2;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb* translated) {
  const size_t instructions = qemu_plugin_tb_n_insns(translated);
  const struct qemu_plugin_insn* last = qemu_plugin_tb_get_insn(translated, instructions - 1);
  Block* block = (Block*)calloc(1, sizeof *block);
  (void)id;
  if (block == NULL) abort();
  block->start = qemu_plugin_tb_vaddr(translated);
  block->end = qemu_plugin_insn_vaddr(last) + thumb_bytes(last);
  block->instructions = instructions;
  block->next = blocks;
  blocks = block;
  qemu_plugin_register_vcpu_tb_exec_cb(translated, execute, 0, block);
}

static void write_counts(qemu_plugin_id_t id, void* data) {
  FILE* file = fopen(file_name, "w");
  const Block* block;
  (void)id;
  (void)data;
  if (file == NULL) abort();
  fprintf(file, "taken %" PRIu64 "\n", taken);
  for (block = blocks; block != NULL; block = block->next) {
    if (block->count == 0) continue;
    fprintf(file, "%" PRIx64 " %zu %" PRIu64 "\n", block->start, block->instructions, block->count);
  }
  fclose(file);
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void* info,
                                                               int count, char** arguments) {
  int i;
  (void)info;
  for (i = 0; i < count; ++i) {
    if (strncmp(arguments[i], "begin=", 6) == 0) begin_address = strtoull(arguments[i] + 6, NULL, 0);
    if (strncmp(arguments[i], "end=", 4) == 0) end_address = strtoull(arguments[i] + 4, NULL, 0);
    if (strncmp(arguments[i], "out=", 4) == 0) file_name = strdup(arguments[i] + 4);
  }
  if (file_name == NULL) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, write_counts, NULL);
  return 0;
}
