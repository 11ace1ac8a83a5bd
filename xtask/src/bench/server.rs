//! A `serve` of its own, asked over loopback.

use super::program::Setting;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const GIVE_UP: Duration = Duration::from_secs(30);

/// A running server, ended with all it started when dropped.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    /// Who asks, once somebody is signed in.
    cookies: BTreeMap<String, String>,
}

impl Server {
    /// Starts `nobishiro serve` on a workspace and waits for its first answer.
    pub(super) fn start(setting: &Setting, workspace: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut serve = setting.command(["serve".as_ref(), "--workspace".as_ref()]);
        serve.arg(workspace).arg("--listen").arg(address.to_string());
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own, so that its job worker ends with it.
        serve.process_group(0);
        let start = Instant::now();
        let child = serve.spawn().context("cannot start `nobishiro serve`")?;
        let mut server = Self { child, address, cookies: BTreeMap::new() };
        while !answers(address) {
            if let Some(status) = server.child.try_wait().context("cannot wait for `serve`")? {
                bail!("`serve` ended before it answered: {status}");
            }
            if start.elapsed() > GIVE_UP {
                bail!("`serve` did not answer within {GIVE_UP:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(server)
    }

    fn get(&self, path: &str) -> std::io::Result<String> {
        ask(self.address, &format!("GET {path} HTTP/1.1\r\n{}", self.cookies()), "")
    }

    /// Signs in by the form below a workspace's address; who asks from now on is this user.
    pub(super) fn sign_in(&mut self, base: &str, login: &str, password: &str) -> Result<()> {
        let (path, form) = self.page(&format!("{base}/login"))?;
        let token = form.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next());
        let token = token.context("the page to sign in has no token")?;
        let body = format!("csrf={token}&login={login}&password={password}");
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}Sec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.cookies(),
            body.len()
        );
        let answer = ask(self.address, &head, &body).context("the server does not answer")?;
        self.keep_cookies(&answer);
        match status(&answer) {
            303 => Ok(()),
            status => bail!("signing in is answered with {status}"),
        }
    }

    fn cookies(&self) -> String {
        if self.cookies.is_empty() {
            return String::new();
        }
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    }

    fn keep_cookies(&mut self, answer: &str) {
        for (name, value) in headers(answer) {
            if name.eq_ignore_ascii_case("set-cookie") {
                let cookie = value.split(';').next().and_then(|it| it.split_once('='));
                self.cookies.extend(cookie.map(|(name, value)| (name.into(), value.into())));
            }
        }
    }

    /// The address and text of the page that a path leads to.
    pub(super) fn page(&mut self, path: &str) -> Result<(String, String)> {
        let mut path = path.to_owned();
        loop {
            let answer = self.get(&path).context("the server does not answer")?;
            match (status(&answer), location(&answer)) {
                (200, _) => {
                    self.keep_cookies(&answer);
                    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
                    return Ok((path, body.to_owned()));
                }
                (300..400, Some(to)) if to != path => path = to,
                (status, _) => bail!("{path} is answered with {status}"),
            }
        }
    }

    /// How long each of some requests takes, in milliseconds, after one that is not counted. Where the path
    /// leads elsewhere, that page is asked for.
    pub(super) fn times_ms(&mut self, path: &str, requests: usize) -> Result<Vec<f64>> {
        let (path, _) = self.page(path)?;
        let one = || {
            let start = Instant::now();
            let answer = self.get(&path).context("the server does not answer")?;
            let took = start.elapsed().as_secs_f64() * 1000.0;
            if status(&answer) == 200 { Ok(took) } else { bail!("{path} failed under load") }
        };
        (0..requests).map(|_| one()).collect()
    }
}

/// The whole answer to a request, given its first lines.
fn ask(address: SocketAddr, head: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let request = format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The number in `HTTP/1.1 200 OK`; 0 where there is none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn location(answer: &str) -> Option<String> {
    let mut named = headers(answer);
    named.find(|(name, _)| name.eq_ignore_ascii_case("location")).map(|(_, to)| to.to_owned())
}

fn headers(answer: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_once(": "))
}

/// A loopback port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    listener.local_addr().context("no free port on 127.0.0.1")
}

/// Whether `GET /healthz` is answered with 200.
fn answers(address: SocketAddr) -> bool {
    ask(address, "GET /healthz HTTP/1.1\r\n", "").is_ok_and(|answer| status(&answer) == 200)
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
        drop(Server { child, address: free_address().unwrap(), cookies: BTreeMap::new() });
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn a_redirect_names_its_place() {
        let answer = "HTTP/1.1 303 See Other\r\nLocation: /w/x/today\r\n\r\nLocation: no";
        assert_eq!((status(answer), location(answer)), (303, Some("/w/x/today".to_owned())));
        assert_eq!((status("nonsense"), location("nonsense")), (0, None));
    }
}
