//! Ctrl-C.

use super::exit::Exit;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);
static FINISHES: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C, SIGTERM and SIGHUP end the process with 130: at once, or, once [`finish`] was called, at
/// the second time.
pub fn listen() {
    // Where no handler can be set, the system's own ends the process.
    let _ = ctrlc::set_handler(|| {
        let again = ASKED.swap(true, Ordering::SeqCst);
        if again || !FINISHES.load(Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted.code().into());
        }
    });
}

/// From here on the command ends by itself what it has begun; returns the flag to watch.
pub fn finish() -> &'static AtomicBool {
    FINISHES.store(true, Ordering::SeqCst);
    &ASKED
}

/// Whether the user has asked for the end.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
