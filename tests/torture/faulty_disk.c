/* A disk that can be stopped and looked at: loaded before libc (LD_PRELOAD) under the process that is tried.
 *
 * It is_watched_fd the files under $TORTURE_DISK. Every call that changes what a disk would hold is counted; `disk_arm` names
 * the call at which the process is killed (before it, half way through a write, after it). With a log, every such call
 * is also written down with its data, so that tests.torture.power_cut can put together what a disk holds that has lost
 * some of the writes nobody had waited for. mmap (SQLite's -shm) is left out: it need not survive.
 *
 * Log records: kind (1 byte), inode (8), offset or size (8), length (4), then that many bytes; native byte order.
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
    const char *place = getenv("TORTURE_DISK");
    if (place) strncpy(watched_directory, place, sizeof watched_directory - 1);
}

/* -- what the trial says ------------------------------------------------------------------------------------------ */

void disk_arm(long after, int point) { count = 0; target = after; kill_point = point; }
long disk_count(void) { return count; }
void disk_record_calls(int fd) { log_fd = fd; }
/* From now on whatever needs room on the disk fails with this errno; 0: no longer. */
void disk_fail_writes(int error) { write_error = error; }

static void note(char kind, uint64_t inode, int64_t offset, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    char head[21];
    head[0] = kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &offset, 8);
    memcpy(head + 17, &length, 4);
    struct iovec pieces[2] = {{head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, log_fd, pieces, 2) != (long)(sizeof head + length)) _exit(99);
}

void disk_record_marker(const char *text) { note(MARK, 0, 0, text, strlen(text)); }

/* -- the calls ---------------------------------------------------------------------------------------------------- */

static int is_watched_fd(int fd) { return fd >= 0 && fd < MAX_FDS && is_watched[fd]; }

static int under(const char *path) {
    size_t length = strlen(watched_directory);
    return length && strncmp(path, watched_directory, length) == 0;
}

/* `path` as seen from the open directory `directory`, absolute. Programs that guard against planted links name files so. */
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
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

static void dies(void) { kill(getpid(), SIGKILL); }

static int refuses(void) {
    if (write_error) errno = write_error;
    return write_error != 0;
}

/* Counts a call; 1: it is the last one, to be done half. */
static int arrives(void) {
    if (++count != target) return 0;
    if (kill_point == BEFORE) dies();
    return kill_point == HALF;
}

static void leaves(void) { if (target && count == target) dies(); }

static int nameless(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

static int needs_room(const char *path, int flags) {
    if (!under(path)) return 0;
    return nameless(flags) || ((flags & O_CREAT) && access(path, F_OK) != 0);
}

static int opened(int fd, const char *path, int flags) {
    if (fd < 0 || fd >= MAX_FDS) return fd;
    is_watched[fd] = under(path) && !(flags & O_PATH) && !nameless(flags); /* none of it is there after a crash */
    if (is_watched[fd]) {
        note(OPENED, inode_of(fd), flags & O_TRUNC ? 1 : 0, path, strlen(path));
        if (flags & (O_CREAT | O_TRUNC)) { arrives(); leaves(); }
    }
    return fd;
}

#define OPENS(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        if (needs_room(path, flags) && refuses()) return -1;                                                           \
        return opened(REAL(name)(path, flags, mode), path, flags);                                                     \
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
        if (needs_room(path, flags) && refuses()) return -1;                                                           \
        return opened(REAL(name)(directory, path, flags, mode), path, flags);                                          \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

int close(int fd) {
    if (fd >= 0 && fd < MAX_FDS) is_watched[fd] = 0;
    return REAL(close)(fd);
}

/* The first half of a write that is the last thing the process does. */
static void writes_half(int fd, const void *data, size_t length, off_t offset) {
    syscall(SYS_pwrite64, fd, data, length / 2, offset);
    note(WRITTEN, inode_of(fd), offset, data, length / 2);
    dies();
}

static ssize_t placed(int fd, const void *data, size_t length, off_t offset) {
    if (refuses()) return -1;
    if (arrives()) writes_half(fd, data, length, offset);
    ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
    if (done > 0) note(WRITTEN, inode_of(fd), offset, data, done);
    leaves();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return is_watched_fd(fd) ? placed(fd, data, length, offset) : REAL(pwrite)(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return is_watched_fd(fd) ? placed(fd, data, length, offset) : REAL(pwrite64)(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
    if (!is_watched_fd(fd)) return syscall(SYS_write, fd, data, length);
    if (refuses()) return -1;
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (arrives()) writes_half(fd, data, length, offset);
    ssize_t done = syscall(SYS_write, fd, data, length);
    if (done > 0) note(WRITTEN, inode_of(fd), offset, data, done);
    leaves();
    return done;
}

static int cut(int fd, off64_t size) {
    if (is_watched_fd(fd) && refuses()) return -1;
    if (is_watched_fd(fd)) arrives();
    int done = syscall(SYS_ftruncate, fd, size);
    if (is_watched_fd(fd)) {
        if (done == 0) note(CUT, inode_of(fd), size, "", 0);
        leaves();
    }
    return done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

int posix_fallocate(int fd, off_t offset, off_t length) {
    if (is_watched_fd(fd) && write_error) return write_error;
    int done = REAL(posix_fallocate)(fd, offset, length);
    if (is_watched_fd(fd) && done == 0) {
        arrives();
        note(CUT, inode_of(fd), offset + length, "", 0);
        leaves();
    }
    return done;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

/* A sync costs the trial nothing: what it promises stands in the log, and a killed process loses nothing anyway. */
static int synced(int fd, int (*real)(int)) {
    if (!is_watched_fd(fd)) return real(fd);
    arrives();
    note(SYNCED, inode_of(fd), 0, "", 0);
    leaves();
    return 0;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

static void two_names(char kind, const char *from, const char *to) {
    char both[2 * PATH_MAX];
    size_t first = strlen(from) + 1, second = strlen(to);
    if (first + second > sizeof both) return;
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    note(kind, 0, 0, both, first + second);
}

struct two { int from_directory; const char *from; int to_directory; const char *to; int flags; };

static int really_rename(void *given) {
    struct two *names = given;
    return syscall(SYS_renameat2, names->from_directory, names->from, names->to_directory, names->to, names->flags);
}

static int really_link(void *given) {
    struct two *names = given;
    return syscall(SYS_linkat, names->from_directory, names->from, names->to_directory, names->to, names->flags);
}

/* Give a file the name `given.to`; counted and written down with absolute names. */
static int names(char kind, int (*call)(void *), struct two given) {
    char from_room[PATH_MAX], to_room[PATH_MAX];
    const char *from = absolute(given.from_directory, given.from, from_room);
    const char *to = absolute(given.to_directory, given.to, to_room);
    if (under(to)) arrives();
    int done = call(&given);
    if (under(to)) {
        if (done == 0) two_names(kind, from, to);
        leaves();
    }
    return done;
}

int rename(const char *from, const char *to) {
    return names(RENAMED, really_rename, (struct two){AT_FDCWD, from, AT_FDCWD, to, 0});
}
int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    return names(RENAMED, really_rename, (struct two){from_directory, from, to_directory, to, 0});
}
int link(const char *from, const char *to) {
    return names(LINKED, really_link, (struct two){AT_FDCWD, from, AT_FDCWD, to, 0});
}
int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    return names(LINKED, really_link, (struct two){from_directory, from, to_directory, to, flags});
}

int unlinkat(int directory, const char *path, int flags) {
    char room[PATH_MAX];
    const char *whole = absolute(directory, path, room);
    int counts = under(whole) && !(flags & AT_REMOVEDIR);
    if (counts) arrives();
    int done = syscall(SYS_unlinkat, directory, path, flags);
    if (counts) {
        if (done == 0) note(UNLINKED, 0, 0, whole, strlen(whole));
        leaves();
    }
    return done;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
