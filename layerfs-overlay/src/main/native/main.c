/* Where it starts: the kernel puts the number of arguments, the arguments and the environment onto the stack. */
#include "init.h"

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#else
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x30, #0\n mov x0, sp\n bl begin\n");
#endif

static struct spec spec; /* all zero */

__attribute__((noreturn, used)) void begin(long *stack) {
    char **argv = (char **)(stack + 1);
    char **envp = argv + stack[0] + 1;
    int variables = 0;
    while (envp[variables] != 0) {
        variables++;
    }
    char *environment[variables + stack[0] + 1]; /* with room for as many more as there are arguments */
    memcpy(environment, envp, (unsigned long)(variables + 1) * sizeof *environment);
    spec.environment = environment;
    prepare_process();
    if (stack[0] < 2) {
        fail("it is started by layerfs, and by nobody else", 0, 0);
    }
    read_spec(&spec, argv + 2);
    if (equal(argv[1], "probe")) {
        make_user_namespace();
        leave(0);
    }
    if (equal(argv[1], "hold")) {
        hold_mount(&spec);
    }
    if (equal(argv[1], "run") && spec.command[0] != 0) {
        run(&spec);
    }
    fail("not known:", argv[1], 0);
}
