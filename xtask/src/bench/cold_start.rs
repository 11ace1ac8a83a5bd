//! From the start of `serve` to its first answered request, on the workspace of the night.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const REPETITIONS: usize = 5;
const WALL_S_MAX: f64 = 1.0;
const GIVE_UP: Duration = Duration::from_secs(30);

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let workspace = served(setting)?;
    let mut raw = Vec::new();
    for _ in 0..REPETITIONS {
        raw.push(one(setting, &workspace)?);
    }
    let sample = Sample::new(raw);
    let name = "`serve` to its first answer".to_owned();
    Ok(vec![Figure { name, unit: "s", sample, against: Against::Limit(WALL_S_MAX) }])
}

/// The night's workspace, or a new one where that bench was not asked for.
fn served(setting: &Setting) -> Result<PathBuf> {
    let folder = setting.scratch.join("night");
    if !folder.exists() {
        setting.workspace("night")?;
        setting.ingest(&folder, &setting.data)?;
        measure(setting.command(["run".as_ref(), "--workspace".as_ref(), folder.as_os_str()]))?;
    }
    Ok(folder)
}

fn one(setting: &Setting, workspace: &Path) -> Result<f64> {
    let address = free_address()?;
    let mut serve = setting.command(["serve".as_ref(), "--workspace".as_ref()]);
    serve.arg(workspace).arg("--listen").arg(address.to_string());
    serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own, so that its job worker ends with it.
    serve.process_group(0);
    let start = Instant::now();
    let mut server = Server { child: serve.spawn().context("cannot start `nobishiro serve`")? };
    while !answers(address) {
        if let Some(status) = server.child.try_wait().context("cannot wait for `serve`")? {
            bail!("`serve` ended before it answered: {status}");
        }
        if start.elapsed() > GIVE_UP {
            bail!("`serve` did not answer within {GIVE_UP:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(start.elapsed().as_secs_f64())
}

/// A loopback port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    listener.local_addr().context("no free port on 127.0.0.1")
}

/// Whether `GET /healthz` is answered with 200.
fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.ends_with(b" 200"))
}

/// A running server, ended with all it started when dropped.
struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let start = Instant::now();
        signal("-TERM", &group);
        while start.elapsed() < Duration::from_secs(10) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        signal("-KILL", &group);
        // Nothing is left to do when even that fails.
        let _ = self.child.wait();
    }
}

fn signal(name: &str, group: &str) {
    let mut kill = Command::new("kill");
    kill.args([name, "--", group]).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = kill.status();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered_with(line: &'static str) -> bool {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).unwrap();
            stream.write_all(line.as_bytes()).unwrap();
            request[..read].starts_with(b"GET /healthz ")
        });
        let answered = answers(address);
        assert!(server.join().unwrap(), "another path was asked for");
        answered
    }

    #[test]
    fn only_200_is_an_answer() {
        assert!(answered_with("HTTP/1.1 200 OK\r\n\r\n"));
        assert!(!answered_with("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
        assert!(!answers(free_address().unwrap()));
    }

    #[test]
    fn a_dropped_server_ends() {
        let mut sleep = Command::new("sleep");
        let child = sleep.arg("60").process_group(0).spawn().unwrap();
        let pid = child.id();
        drop(Server { child });
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }
}
