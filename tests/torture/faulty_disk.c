/* A disk that fails, records and kills on demand: a library loaded before libc (LD_PRELOAD) by the process under test.
 *
 * It watches the files below $TORTURE_DISK. Every call that changes what a disk would hold is counted. `disk_arm` names
 * the call at which the process is killed: before it, half way through a write, or after it. `disk_record_calls` also
 * records every such call with its data, so that disk_replay.py can rebuild a disk that lost unsynced writes. mmap
 * (SQLite's -shm file) is not watched: it need not survive a power cut.
 *
 * A record is kind (1 byte), inode (8), offset or size (8), length (4), then that many bytes, in native byte order.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPENED = 'o', WRITTEN = 'w', CUT = 't', SYNCED = 's', RENAMED = 'r', UNLINKED = 'u', LINKED = 'l', MARK = 'm' };
enum { BEFORE, HALF, AFTER };
enum { MAX_FDS = 4096 };

static char watched_directory[PATH_MAX];
static char is_watched[MAX_FDS];
static int log_fd = -1;
static long count, target;
static int kill_point;
static int write_error;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *directory = getenv("TORTURE_DISK");
    if (directory) strncpy(watched_directory, directory, sizeof watched_directory - 1);
}

/* -- called by the test ------------------------------------------------------------------------------------------- */

void disk_arm(long after, int point) { count = 0; target = after; kill_point = point; }
long disk_count(void) { return count; }
void disk_record_calls(int fd) { log_fd = fd; }
/* Every call that needs disk space fails with this errno from now on; 0 ends it. */
void disk_fail_writes(int error) { write_error = error; }

static void record_call(char kind, uint64_t inode, int64_t offset, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    char head[21];
    head[0] = kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &offset, 8);
    memcpy(head + 17, &length, 4);
    struct iovec pieces[2] = {{head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, log_fd, pieces, 2) != (long)(sizeof head + length)) _exit(99);
}

void disk_record_marker(const char *text) { record_call(MARK, 0, 0, text, strlen(text)); }

/* -- replaced calls ----------------------------------------------------------------------------------------------- */

static int is_watched_fd(int fd) { return fd >= 0 && fd < MAX_FDS && is_watched[fd]; }

static int is_below_watched(const char *path) {
    size_t length = strlen(watched_directory);
    return length && strncmp(path, watched_directory, length) == 0;
}

/* The absolute path of `path` relative to the open directory: programs that guard against planted links use such
   paths. */
static const char *absolute(int directory, const char *path, char *room) {
    char link[64];
    if (path[0] == '/' || directory == AT_FDCWD) return path;
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, room, PATH_MAX - 1);
    if (length < 0 || length + 1 + strlen(path) >= PATH_MAX) return path;
    room[length] = '/';
    strcpy(room + length + 1, path);
    return room;
}

static uint64_t inode_of(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static void kill_process(void) { kill(getpid(), SIGKILL); }

static int fails_for_space(void) {
    if (write_error) errno = write_error;
    return write_error != 0;
}

/* Counts a call and kills the process before it if so armed. Returns 1 if the call shall be done half. */
static int before_call(void) {
    if (++count != target) return 0;
    if (kill_point == BEFORE) kill_process();
    return kill_point == HALF;
}

static void after_call(void) { if (target && count == target) kill_process(); }

static int is_nameless(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

static int needs_space(const char *path, int flags) {
    if (!is_below_watched(path)) return 0;
    return is_nameless(flags) || ((flags & O_CREAT) && access(path, F_OK) != 0);
}

static int record_open(int fd, const char *path, int flags) {
    if (fd < 0 || fd >= MAX_FDS) return fd;
    /* A nameless file does not survive a crash. */
    is_watched[fd] = is_below_watched(path) && !(flags & O_PATH) && !is_nameless(flags);
    if (is_watched[fd]) {
        record_call(OPENED, inode_of(fd), flags & O_TRUNC ? 1 : 0, path, strlen(path));
        if (flags & (O_CREAT | O_TRUNC)) { before_call(); after_call(); }
    }
    return fd;
}

#define OPENS(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        if (needs_space(path, flags) && fails_for_space()) return -1;                                                  \
        return record_open(REAL(name)(path, flags, mode), path, flags);                                                \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                                                 \
    int name(int directory, const char *path, int flags, ...) {                                                        \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        char room[PATH_MAX];                                                                                           \
        path = absolute(directory, path, room);                                                                        \
        if (needs_space(path, flags) && fails_for_space()) return -1;                                                  \
        return record_open(REAL(name)(directory, path, flags, mode), path, flags);                                     \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

int close(int fd) {
    if (fd >= 0 && fd < MAX_FDS) is_watched[fd] = 0;
    return REAL(close)(fd);
}

/* Writes the first half of the data, then kills the process. */
static void write_half(int fd, const void *data, size_t length, off_t offset) {
    syscall(SYS_pwrite64, fd, data, length / 2, offset);
    record_call(WRITTEN, inode_of(fd), offset, data, length / 2);
    kill_process();
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset) {
    if (fails_for_space()) return -1;
    if (before_call()) write_half(fd, data, length, offset);
    ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
    if (done > 0) record_call(WRITTEN, inode_of(fd), offset, data, done);
    after_call();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return is_watched_fd(fd) ? write_at(fd, data, length, offset) : REAL(pwrite)(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return is_watched_fd(fd) ? write_at(fd, data, length, offset) : REAL(pwrite64)(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
    if (!is_watched_fd(fd)) return syscall(SYS_write, fd, data, length);
    if (fails_for_space()) return -1;
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (before_call()) write_half(fd, data, length, offset);
    ssize_t done = syscall(SYS_write, fd, data, length);
    if (done > 0) record_call(WRITTEN, inode_of(fd), offset, data, done);
    after_call();
    return done;
}

static int truncate_file(int fd, off64_t size) {
    if (is_watched_fd(fd) && fails_for_space()) return -1;
    if (is_watched_fd(fd)) before_call();
    int done = syscall(SYS_ftruncate, fd, size);
    if (is_watched_fd(fd)) {
        if (done == 0) record_call(CUT, inode_of(fd), size, "", 0);
        after_call();
    }
    return done;
}

int ftruncate(int fd, off_t size) { return truncate_file(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_file(fd, size); }

int posix_fallocate(int fd, off_t offset, off_t length) {
    if (is_watched_fd(fd) && write_error) return write_error;
    int done = REAL(posix_fallocate)(fd, offset, length);
    if (is_watched_fd(fd) && done == 0) {
        before_call();
        record_call(CUT, inode_of(fd), offset + length, "", 0);
        after_call();
    }
    return done;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

/* A sync is only recorded: the replay evaluates it, and a killed process loses nothing that it has written. */
static int record_sync(int fd, int (*real)(int)) {
    if (!is_watched_fd(fd)) return real(fd);
    before_call();
    record_call(SYNCED, inode_of(fd), 0, "", 0);
    after_call();
    return 0;
}

int fsync(int fd) { return record_sync(fd, REAL(fsync)); }
int fdatasync(int fd) { return record_sync(fd, REAL(fdatasync)); }

static void record_names(char kind, const char *from, const char *to) {
    char both[2 * PATH_MAX];
    size_t first = strlen(from) + 1, second = strlen(to);
    if (first + second > sizeof both) return;
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    record_call(kind, 0, 0, both, first + second);
}

struct name_pair { int from_directory; const char *from; int to_directory; const char *to; int flags; };

static int real_rename(void *pair) {
    struct name_pair *names = pair;
    return syscall(SYS_renameat2, names->from_directory, names->from, names->to_directory, names->to, names->flags);
}

static int real_link(void *pair) {
    struct name_pair *names = pair;
    return syscall(SYS_linkat, names->from_directory, names->from, names->to_directory, names->to, names->flags);
}

/* Gives a file the name `pair.to`; counted and recorded with absolute paths. */
static int change_name(char kind, int (*call)(void *), struct name_pair pair) {
    char from_room[PATH_MAX], to_room[PATH_MAX];
    const char *from = absolute(pair.from_directory, pair.from, from_room);
    const char *to = absolute(pair.to_directory, pair.to, to_room);
    if (is_below_watched(to)) before_call();
    int done = call(&pair);
    if (is_below_watched(to)) {
        if (done == 0) record_names(kind, from, to);
        after_call();
    }
    return done;
}

int rename(const char *from, const char *to) {
    return change_name(RENAMED, real_rename, (struct name_pair){AT_FDCWD, from, AT_FDCWD, to, 0});
}
int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    return change_name(RENAMED, real_rename, (struct name_pair){from_directory, from, to_directory, to, 0});
}
int link(const char *from, const char *to) {
    return change_name(LINKED, real_link, (struct name_pair){AT_FDCWD, from, AT_FDCWD, to, 0});
}
int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    return change_name(LINKED, real_link, (struct name_pair){from_directory, from, to_directory, to, flags});
}

int unlinkat(int directory, const char *path, int flags) {
    char room[PATH_MAX];
    const char *absolute_path = absolute(directory, path, room);
    int is_counted = is_below_watched(absolute_path) && !(flags & AT_REMOVEDIR);
    if (is_counted) before_call();
    int done = syscall(SYS_unlinkat, directory, path, flags);
    if (is_counted) {
        if (done == 0) record_call(UNLINKED, 0, 0, absolute_path, strlen(absolute_path));
        after_call();
    }
    return done;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
