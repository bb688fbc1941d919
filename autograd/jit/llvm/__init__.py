"""Machine code: a tape as LLVM text, compiled and called."""
