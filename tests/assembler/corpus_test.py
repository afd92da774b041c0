#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The assembler against GNU as: usage corpus_test.py CORPUS [SEED]

Every form the processor executes, with random operands, in 64-, 32- and 16-bit code: the text that the
disassembler gives for it must assemble to the bytes that GNU as makes of the same text, and disassemble to the
same text again. Then whole programs with labels, branches, data and alignment, byte for byte.
Exit code 77: GNU as is not installed."""
import collections
import random
import re
import shutil
import subprocess
import sys
import tempfile

CORPUS = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1

# Texts that GNU as does not take, by mnemonic.
NOT_TAKEN = {
    'nop': 'as knows no NOP with two operands, which the encodings around 0f 18 are',
    'fstpnce': 'an undocumented alias', 'feni8087_nop': 'the 8087', 'fdisi8087_nop': 'the 8087', 'fsetpm287_nop': 'the 287',
    'fucomp': 'Zydis shows dd e8+i as fucomp st0, st(i)', 'lsl': 'as takes no 64-bit LSL with a 32-bit source',
    'lss': 'as has no m16:64', 'lfs': 'as has no m16:64', 'lgs': 'as has no m16:64',
    'movsxd': 'as takes only a 32-bit source', 'sysret': 'as wants sysretl or sysretq', 'sysexit': 'as wants sysexitl or sysexitq',
    'bswap': 'undefined for 16 bits', 'call': 'far calls: as writes call fword ptr', 'jmp': 'far jumps: as writes jmp fword ptr',
    'fsub': 'as of some versions', 'salc': 'undocumented', 'int1': 'as of some versions', 'xacquire': 'as checks what it goes with',
    'xrelease': 'as checks what it goes with', 'les': 'as of some versions', 'lds': 'as of some versions', 'push': 'operand size prefix',
    'xlat': 'as of some versions', 'enter': 'as of some versions', 'bound': 'as of some versions',
}
# What the differential fuzzer leaves out, and ways to write that are not the disassembler's.
ALSO = '''clac; stac; clflush [rax]; cpuid; endbr32; endbr64; prefetch [rbx]; prefetchw [rbx+8]; rdfsbase eax; rdgsbase r9
rdpmc; rdsspd eax; rdsspq rax; rdtsc; rdtscp; sgdt [rax]; sidt [rax+r8]; sldt eax; sldt word ptr [rbx]; smsw cx; smsw eax
smsw word ptr [rdi]; str edx; swapgs; syscall; sysenter; wrfsbase rax; wrgsbase ebx; je .; jne .; jae .; ja .; jge .; jg .
setc al; setae bl; cmovge eax, ebx; shl eax; sal ecx, 3; rol dword ptr [rbx]; imul eax, 5; imul eax, 500; fadd; fxch; fsubr
faddp; fmulp st(2); fcom; fadd st(3); finit; fstcw [rbx]; fstsw ax; fclex; fsave [rbx]; cmpeqps xmm0, xmm1; cmpnltsd xmm3, [rax]
movabs rax, 5; movabs al, [5]; mov rax, -1; mov rax, 0xffffffff; mov rax, 0x80000000; mov eax, 0xffffffff; add eax, 512
add eax, 127; add eax, 128; add eax, -128; add eax, 0xffffffff; add rax, 0x7fffffff; add al, 0xff; and ecx, 0xfffffff0
cmp word ptr [rbx], 0xffff; push 5; push 500; push -1; push rbx; pop r12; mov eax, fs:[0x28]; mov rax, gs:[rbx]
mov eax, [rbp]; mov eax, [rsp]; mov eax, [r12]; mov eax, [r13]; mov eax, [4*rbx]; mov eax, [rbx*8+5]
mov eax, [ecx]; mov eax, [ecx+edx*2-1]; mov eax, [0x1234]; mov [0x1234], al; test eax, [rbx]; test [rbx], eax; xchg eax, [rbx]
lock cmpxchg16b [rdi]; rep stosq; repe cmpsb; repne scasb; retf; ret 8; int 0x80; int3; leave; enter 16, 0; iretq; iret; pushf; popf
jmp rax; jmp qword ptr [rax]; call [rax+8]; movzx eax, byte ptr [rbx]; movsx rax, dword ptr [rbx]; movsx ax, bl; xlatb; lea rax, [rbx+rcx]
bswap r10; cqo; cdqe; xadd [rbx], cl; bt [rbx], 5
bt dword ptr [rbx], 5; fld tbyte ptr [rbx]; fld st(1); fild word ptr [rbx]; movd xmm0, eax; movq xmm0, rax; movq rax, xmm0; movq [rbx], xmm5
movq xmm5, [rbx]; cvtsi2sd xmm0, rax; pshufd xmm1, xmm2, 0xff; pextrw eax, xmm1, 3; mov cr0, rax; mov rax, cr3; mov dr7, rax
in al, dx; in eax, 0x60; out 0x80, al; out dx, eax; ud2; nop; pause; hlt; cli; lgdt [rax]; invlpg [rax]; ltr ax; fxsave [rbx]
sysretq; wrmsr; sysexitq; lahf; cmpxchg8b [rbx]; crc32 eax, byte ptr [rbx]; mov byte ptr [rbx], 'a'; cmp al, 'z'
xchg eax, eax; xchg ax, ax; xchg al, al; xchg r8d, r8d; xchg eax, r8d; xchg r8, rax; xchg [rbx], eax; xchg esp, eax
mov eax, (3+4)*2; mov eax, 1 << 4 | 3; mov eax, ~0; mov eax, -(-5); mov eax, [rbx+2*8-4]; mov eax, [rbx-(4-8)]; add rax, 0x100-0x81'''

# Texts for which GNU as has other bytes.
DIFFERENT = {
    ('64', 'int'): 'int 3: as writes INT3', ('32', 'int'): 'the same', ('16', 'int'): 'the same',
    ('64', 'bt'): 'as reads 32 bits where the size is not said; we ask for it',
    ('64', 'xchg rax, rax'): 'as writes NOP',
    ('16', 'push'): 'a number of 32 bits needs "dword": as cuts it off',
    ('16', 'ud0'): 'the prefix for a 32-bit register that is not read', ('16', 'ud1'): 'the same',
    ('16', 'lea'): 'lea of a number alone: a 32-bit address',
    ('32', 'push'): 'the same', ('64', 'push'): 'the same',
}
# Texts whose bytes say something else again.
NOT_ROUND = {
    'push': 'the text does not tell the operand size of a number',
    'jmp': 'far: nor does it tell that of a pointer', 'call': 'the same',
    'xchg': 'the order of the operands means nothing', 'nop': 'the second operand means nothing',
    'mov': 'from a segment register: the upper half is zero without REX.W', 'movmskps': 'the same', 'movmskpd': 'the same',
    'pushf': 'the name is that of the usual size', 'popf': 'the same', 'iret': 'the same',
    'pusha': 'the same', 'popa': 'the same',
}


def differs(bits, text):
    return (str(bits), text) in DIFFERENT or (str(bits), mnemonic(text)) in DIFFERENT


def mnemonic(text):
    words = text.split()
    while words[0] in ('lock', 'rep', 'repe', 'repne', 'bnd', 'xacquire', 'xrelease', 'notrack') and len(words) > 1:
        words = words[1:]
    return words[0]


def tool(*arguments, lines=None):
    text = None if lines is None else ''.join(line + '\n' for line in lines)
    out = subprocess.run([CORPUS, *arguments], input=text, capture_output=True, text=True, check=True, timeout=120)
    return out.stdout.splitlines()


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def for_as(text, number, bits):
    """Our text in the words of GNU as; places are said from the line's own label."""
    text = re.sub(r'\bst(\d)', r'st(\1)', text)
    text = re.sub(r'^ret far', 'retf', text)
    if bits == 16:
        text = re.sub(r'([sd]i)\*1', r'\1', text)
    place = lambda value: '%s%+d' % (f'.L{number}', signed(int(value, 16), bits))
    text = re.sub(r'\[rel (0x[0-9a-f]+)\]', lambda m: f'[rip+{place(m[1])}]', text)
    branch = re.match(r'((?:bnd )?(?:j[a-z]+|call|loop[a-z]*)) (0x[0-9a-f]+)$', text)
    if branch:
        text = f'{branch[1]} {place(branch[2])}'
    return f'.L{number}: {text}'


def gnu(lines, bits, folder):
    """Bytes of each line, and the errors by line."""
    mode = {64: '.code64', 32: '.code32', 16: '.code16'}[bits]
    bad = {}
    for _ in range(4):
        source = ''.join(('nop' if i in bad else line) + '\n' for i, line in enumerate(lines))
        with open(f'{folder}/t.s', 'w') as file:
            file.write(f'.intel_syntax noprefix; {mode}\n{source}')
        ran = subprocess.run(['as', f'-aln={folder}/t.lst', '--listing-lhs-width=8',
                              '-o', f'{folder}/t.o', f'{folder}/t.s'], capture_output=True, text=True, timeout=300)
        found = {int(n) - 2: e for n, e in re.findall(r't\.s:(\d+): Error: (.*)', ran.stderr)}
        bad.update(found)
        if ran.returncode == 0:
            break
        if not found:
            sys.exit('as: ' + ran.stderr[:2000])
    out = collections.defaultdict(str)
    with open(f'{folder}/t.lst') as file:
        for line in file:
            match = re.match(r'\s*(\d+) [0-9a-f]{4,8} ([0-9A-F ]+?)\s*(\t|$)', line)
            if match:
                out[int(match[1]) - 2] += match[2].replace(' ', '').lower()
    return [out[i] for i in range(len(lines))], bad


def compare_forms(bits, folder):
    texts = [line.split('|')[1] for line in tool('generate', str(bits), '1', str(SEED))]
    ours = tool('assemble', str(bits), lines=texts)
    theirs, bad = gnu([for_as(text, i, bits) for i, text in enumerate(texts)], bits, folder)
    again = tool('text', str(bits), lines=[b if not b.startswith('error') else '' for b in ours])
    failures, equal, reasons = [], 0, collections.Counter()
    for i, text in enumerate(texts):
        name = mnemonic(text)
        if i in bad:
            reason = NOT_TAKEN.get(name)
            reason = reason or (NOT_TAKEN.get(text.split()[0]))
            reasons['not taken: ' + name] += 1
            if not reason and not re.match(r'j|loop' if bits != 64 else r'j.?cxz|loop', name):
                failures.append(f'{bits}: as does not take "{text}": {bad[i]}')
        elif ours[i] == theirs[i]:
            equal += 1
        else:
            reasons['different: ' + name] += 1
            if not differs(bits, text) and not (bits == 16 and re.match(r'j|call|loop', name)):
                failures.append(f'{bits}: {text}: ours {ours[i]}, as {theirs[i]}')
        if ours[i].startswith('error') and not re.match(r'j|call|loop|push' if bits == 16 else r'j.?cxz|loop', name):
            failures.append(f'{bits}: {text}: {ours[i]}')
        # With an operand size prefix a branch of 32- or 16-bit code goes elsewhere than its text says.
        cut_off = re.match(r'j|call|loop' if bits != 64 else r'j.?cxz|loop', name)
        if again[i] != text and name not in NOT_ROUND and not cut_off:
            failures.append(f'{bits}: {text}: comes back from {ours[i]} as {again[i]}')
    print(f'{bits}-bit code: {len(texts)} texts, {equal} equal to GNU as; {dict(reasons)}')
    return equal, failures


def compare_other_texts(folder):
    texts = [text.strip() for line in ALSO.splitlines() for text in line.split(';')]
    theirs, bad = gnu([text.replace('~0', '-1') for text in texts], 64, folder)
    ours = tool('assemble', '64', lines=[text.replace(' .', ' $') if text.endswith(' .') else text for text in texts])
    failures = [f'"{text}": ours {mine}, as {his or bad.get(i)}' for i, (text, mine, his) in enumerate(zip(texts, ours, theirs))
                if (mine != his or i in bad) and not differs(64, text)]
    print(f'{len(texts)} other texts, {len(texts) - len(failures)} as GNU as')
    return failures


REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esi', 'edi', 'r8d', 'r15d']


def random_program(rng):
    labels = [f'l{i}' for i in range(rng.randrange(1, 12))]
    lines = []
    waiting = labels[:]
    for _ in range(rng.randrange(5, 90)):
        reg, other, label = rng.choice(REGISTERS), rng.choice(REGISTERS), rng.choice(labels)
        number = rng.choice([0, 1, 127, 128, -128, -129, 255, 4096, 0x7fffffff, rng.randrange(1 << 31)])
        lines.append(rng.choice([
            f'add {reg}, {number}', f'mov {reg}, {number}', f'jmp {label}', f'jnz {label}', f'call {label}', f'jg {label}',
            f'mov {reg}, [rip+{label}]', f'lea rsi, [rip+{label}+8]', f'imul {reg}, {other}, {number}', f'push {number}',
            f'cmp dword ptr [rbx+{number}], 5', f'mov [rsp+8*rcx-{number & 0xfff}], {reg}', f'test {reg}, {number}',
            f'mov rax, {number}', f'.byte 1, 2, {number & 255}', f'.long {label} - {labels[0]}, {number}', '.ascii "text"',
            f'.balign {rng.choice([4, 8, 16])}, 0xcc', f'xor {reg}, {other}', 'syscall', f'lock xadd [rdi], {reg}', 'rep movsb',
            f'.skip {rng.randrange(100)}']))
        if waiting and rng.random() < 0.3:
            lines.append(waiting.pop(0) + ':')
    return lines + [label + ':' for label in waiting] + ['ret']


def compare_programs(count, folder):
    rng = random.Random(SEED)
    failures = []
    for _ in range(count):
        lines = random_program(rng)
        theirs, bad = gnu(lines, 64, folder)
        ours = subprocess.run([CORPUS, 'program', '64'], input='\n'.join(lines), capture_output=True, text=True, timeout=60).stdout.strip()
        # The listing shortens long runs of zeros; the object file has all bytes.
        subprocess.run(['objcopy', '-O', 'binary', '-j', '.text', f'{folder}/t.o', f'{folder}/t.bin'], check=True, timeout=60)
        with open(f'{folder}/t.bin', 'rb') as file:
            theirs = file.read().hex()
        if bad or ours != theirs:
            failures.append('program differs: ' + ' / '.join(lines) + f'\n  ours {ours}\n  as   {theirs}')
    print(f'{count} programs with labels, {count - len(failures)} equal to GNU as')
    return failures


def main():
    if not shutil.which('as') or not shutil.which('objcopy'):
        print('SKIPPED: GNU as is not installed (Debian: binutils); the assembler is not compared with it')
        sys.exit(77)
    total, failures = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for bits in (64, 32, 16):
            equal, wrong = compare_forms(bits, folder)
            total += equal
            failures += wrong
        failures += compare_other_texts(folder)
        failures += compare_programs(300, folder)
    print(f'{total} instructions equal')
    for failure in failures[:40]:
        print('FAILED', failure)
    if total < 20000:
        failures.append('too few')
        print('FAILED: fewer than 20,000 instructions were compared')
    sys.exit(1 if failures else 0)


main()
