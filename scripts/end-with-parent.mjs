// Every child loads this file (node --import): when the script that started it is gone, even by kill -9, the child ends
// too. Processes that a child forks inherit the option but have a channel of their own parent, which is left alone.
if (process.channel && process.ppid === Number(process.env.TUNELOOP_STARTER)) {
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), 10_000).unref();
  });
  process.channel.unref();
}
