// Keeps TensorFlow's first lines out of every process: its library writes them while it is loaded, whatever its settings
// say. A library of its own, which the dynamic linker starts before TensorFlow's, takes standard error away for that long;
// the binding, which is started last, gives it back. In another order the lines come, and nothing else happens.
// TF_CPP_MIN_LOG_LEVEL=0 asks for them.
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

static int standard_error = -1;

__attribute__((constructor)) static void TakeStandardError() {
  const char *asked = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (asked != nullptr && asked[0] == '0') return;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (standard_error >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
}

extern "C" void TuneloopGiveStandardErrorBack() {
  if (standard_error < 0) return;
  dup2(standard_error, STDERR_FILENO);
  close(standard_error);
  standard_error = -1;
}
