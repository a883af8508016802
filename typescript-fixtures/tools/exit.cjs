// Ends a program that has finished without the part in which Node 18 can spin forever: there, objects that fetch left behind
// are cleaned up by callbacks that can no longer run (nodejs/node#47748). Node 20 and later need none of this.

process.once("beforeExit", () => {
  process.on("exit", (code) => process.reallyExit(process.exitCode ?? code));
});
