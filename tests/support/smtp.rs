//! A small server that takes mail on the loopback: a real SMTP conversation, as far as a test needs it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A mail as it came over the wire.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

/// The server; its threads end with the test's process.
pub struct MailServer {
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl MailServer {
    /// Listens on a port of its own. A recipient whose address begins with "refused" is refused for ever, one that begins
    /// with "busy" for now.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || converse(stream, &kept).ok());
            }
        });
        Self { url, taken }
    }

    /// What has been taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

fn converse(stream: TcpStream, taken: &Mutex<Vec<Taken>>) -> std::io::Result<()> {
    let mut say = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut mail = Taken { from: String::new(), to: vec![], data: String::new() };
    say.write_all(b"220 test.example ready\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let verb = line.to_uppercase();
        let answer = if verb.starts_with("MAIL FROM:") {
            mail = Taken { from: line[10..].to_owned(), to: vec![], data: String::new() };
            "250 OK"
        } else if verb.starts_with("RCPT TO:<REFUSED") {
            "550 5.1.1 No such mailbox here"
        } else if verb.starts_with("RCPT TO:<BUSY") {
            "451 4.3.0 Come back later"
        } else if verb.starts_with("RCPT TO:") {
            mail.to.push(line[8..].trim_matches(['<', '>']).to_owned());
            "250 OK"
        } else if verb == "DATA" {
            say.write_all(b"354 Go on\r\n")?;
            for line in lines.by_ref() {
                let line = line?;
                if line == "." {
                    break;
                }
                mail.data.push_str(&line);
                mail.data.push('\n');
            }
            taken.lock().unwrap().push(mail.clone());
            "250 Taken"
        } else if verb == "QUIT" {
            say.write_all(b"221 Bye\r\n")?;
            return Ok(());
        } else {
            "250 OK"
        };
        say.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}
