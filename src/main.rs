//! The program: reads its arguments and leaves the rest to [`tailormade::commands`].

use std::process::ExitCode;

fn main() -> ExitCode {
    tailormade::commands::run(std::env::args_os())
}
