//! Counts the statements that connections to one database are given, while other tests use theirs.

use std::collections::BTreeMap;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tailormade::config::DatabaseUrl;

/// How many statements each SQLite file that is watched was given.
static MADE: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// The statements of connections to a database that are opened from now on.
pub struct Counted(String);

impl Counted {
    pub fn of(url: &DatabaseUrl) -> Self {
        let DatabaseUrl::Sqlite(file) = url else { panic!("only SQLite's statements are counted") };
        let file = file.to_string_lossy().into_owned();
        MADE.lock().unwrap().insert(file.clone(), 0);
        set_default_instrumentation(|| Some(Box::new(Counter { file: String::new() }))).unwrap();
        Self(file)
    }

    pub fn so_far(&self) -> u64 {
        MADE.lock().unwrap()[&self.0]
    }
}

/// What a connection tells: first which file it opens.
struct Counter {
    file: String,
}

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.file = url.to_owned(),
            InstrumentationEvent::StartQuery { .. } => {
                if let Some(count) = MADE.lock().unwrap().get_mut(&self.file) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
}
