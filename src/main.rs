//! The `roundtable` binary: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    roundtable::cli::main()
}
