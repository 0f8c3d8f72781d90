//! A panic ends in a trap, and a trapped instance answers nobody. Tell the faces first, so that they drop it.

use std::cell::RefCell;
use std::panic::Location;
use std::sync::Once;

use super::host::Host;

thread_local! {
    static HOSTS: RefCell<Vec<Host>> = const { RefCell::new(Vec::new()) };
}

static HOOK: Once = Once::new();

/// Has `host` told of any panic of this instance.
pub fn report_to(host: &Host) {
    HOSTS.with_borrow_mut(|hosts| hosts.push(host.clone()));
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            // Only the place: a message could hold anything, a token too.
            let place = panic.location().map_or("", Location::file);
            HOSTS.with_borrow(|hosts| hosts.iter().for_each(|host| host.crashed(place)));
        }));
    });
}
