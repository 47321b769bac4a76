//! The server as a process, asked over sockets.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn dateline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.env_remove("DATELINE_INDEX");
    command.env_remove("DATELINE_TOKEN");
    command
}

fn index(folder: &Path, paths: &[&Path]) -> PathBuf {
    let location = folder.join("index");
    let done = dateline()
        .arg("index")
        .args(paths)
        .arg("--index")
        .arg(&location)
        .output()
        .expect("a run");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{errors}");
    location
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// A server on a free port; it is ended with the value.
pub struct Running {
    process: Child,
    pub address: String,
    folder: tempfile::TempDir,
}

impl Running {
    fn over(folder: tempfile::TempDir, location: &Path, flags: &[&str]) -> Self {
        let mut process = dateline()
            .args(["serve", "--port", "0", "--now", "2026-06-01", "--tz", "UTC"])
            .args(flags)
            .arg("--index")
            .arg(location)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().trim_start_matches("http://");
        let address = address.trim_end_matches('/').to_owned();
        assert!(!address.is_empty(), "the server did not say where it is");
        let port = address.rsplit(':').next().expect("a port");
        Self {
            process,
            address: format!("127.0.0.1:{port}"),
            folder,
        }
    }

    pub fn of_corpus(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let location = index(folder.path(), &[&corpus()]);
        Self::over(folder, &location, flags)
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        let limit = Some(Duration::from_secs(60));
        stream.set_read_timeout(limit).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Connection {
            host: self.address.clone(),
            stream: BufReader::new(stream),
        }
    }

    fn get(&self, target: &str) -> Answer {
        self.connect().get(target, &[])
    }

    fn with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.connect().get(target, headers)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Connection {
    /// Asks over a connection that stays open; a `Host` among `headers` takes the place of its own.
    fn get(&mut self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", target, headers)
    }

    fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.host));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("a request is sent");
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a status line");
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in {line:?}"));
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("a header");
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        if method != "HEAD" && status != 304 {
            answer.body = self.body(&answer);
        }
        answer
    }

    fn body(&mut self, answer: &Answer) -> Vec<u8> {
        let mut body = Vec::new();
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let mut line = String::new();
                self.stream.read_line(&mut line).expect("a chunk's size");
                let size = usize::from_str_radix(line.trim(), 16).expect("a size");
                let mut chunk = vec![0; size + 2];
                self.stream.read_exact(&mut chunk).expect("a chunk");
                body.extend_from_slice(&chunk[..size]);
                if size == 0 {
                    return body;
                }
            }
        }
        let length = answer.header("content-length").and_then(|l| l.parse().ok());
        body.resize(length.unwrap_or(0), 0);
        self.stream.read_exact(&mut body).expect("a body");
        body
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    /// Status and code of an error.
    fn error(&self) -> (u16, String) {
        let object = self.json();
        for key in ["code", "message", "start", "end"] {
            assert!(object["error"].get(key).is_some(), "no {key} in {object}");
        }
        let code = object["error"]["code"].as_str().unwrap_or_default();
        (self.status, code.to_owned())
    }
}

/// The object's keys, in order.
fn keys(object: &Value) -> Vec<&str> {
    let map = object.as_object().expect("an object");
    map.keys().map(String::as_str).collect()
}

#[test]
fn answers_are_the_objects_of_the_contract() {
    let server = Running::of_corpus(&[]);
    let answer = server.get("/api/search?q=kestrel+dam&limit=2");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let found = answer.json();
    assert_eq!(
        keys(&found),
        [
            "schema_version",
            "query",
            "total",
            "total_is_exact",
            "elapsed_ms",
            "notes",
            "hits"
        ]
    );
    let hits = found["hits"].as_array().expect("hits");
    assert_eq!(hits.len(), 2);
    for key in [
        "article",
        "passage",
        "title",
        "published",
        "text",
        "snippets",
        "duplicates",
    ] {
        assert!(hits[0].get(key).is_some(), "{key}");
    }
    // Marks are bytes of the snippet, and what they mark is what was asked for.
    let snippet = &hits[0]["snippets"][0];
    let text = snippet["text"].as_str().expect("text");
    let mark = &snippet["marks"][0];
    let range =
        mark[0].as_u64().expect("a start") as usize..mark[1].as_u64().expect("an end") as usize;
    let marked = text[range].to_lowercase();
    assert!(
        marked.contains("kestrel") || marked.contains("dam"),
        "{marked}"
    );

    let id = hits[0]["article"].as_str().expect("an id");
    let article = server
        .get(&format!("/api/articles/{}?q=kestrel", encoded(id)))
        .json();
    assert_eq!(article["id"], id);
    let passages = article["passages"].as_array().expect("passages");
    assert_eq!(
        article["marks"].as_array().map(Vec::len),
        Some(passages.len())
    );

    let timeline = server
        .get("/api/timeline?q=kestrel&by=year&axis=mentioned")
        .json();
    assert_eq!(timeline["axis"], "mentioned");
    assert_eq!(timeline["by"], "year");
    assert!(!timeline["buckets"].as_array().expect("buckets").is_empty());

    let facets = server
        .get("/api/facets?field=person&q=kestrel&limit=3")
        .json();
    assert_eq!(facets["field"], "person");
    assert!(facets["values"].as_array().expect("values").len() <= 3);

    let related = server
        .get(&format!("/api/related?id={}&limit=3", encoded(id)))
        .json();
    assert_eq!(related["article"], id);
    let background = related["hits"].as_array().expect("hits");
    assert!(background.iter().all(|hit| hit["article"] != id));

    let status = server.get("/api/status").json();
    for key in [
        "location",
        "format",
        "generation",
        "articles",
        "passages",
        "skipped",
    ] {
        assert!(status.get(key).is_some(), "{key}");
    }
    let described = server.get("/api/openapi.json").json();
    assert_eq!(described["openapi"], "3.1.0");
    for path in [
        "search",
        "articles/{id}",
        "timeline",
        "facets",
        "related",
        "status",
    ] {
        let path = format!("/api/{path}");
        assert!(described["paths"].get(&path).is_some(), "{path}");
    }
    assert_eq!(server.get("/healthz").body, b"ok\n");
    let metrics = String::from_utf8(server.get("/metrics").body).expect("text");
    let counted = "dateline_http_requests_total{path=\"/api/search\",status=\"200\"} 1\n";
    assert!(metrics.contains(counted), "{metrics}");
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() {
            true => out.push(byte.into()),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[test]
fn what_cannot_be_answered_is_told_with_its_code() {
    let server = Running::of_corpus(&[]);
    let error = |target: &str| server.get(target).error();
    let query = || (400, "query".to_owned());
    assert_eq!(error("/api/search"), query());
    assert_eq!(error("/api/search?q=x&limit=many"), query());
    assert_eq!(error("/api/search?q=x&limit=100000"), query());
    assert_eq!(error("/api/search?q=x&colour=red"), query());
    assert_eq!(error("/api/search?q=x&fields=nonsense"), query());
    assert_eq!(error("/api/search?q=x&tz=Atlantis"), query());
    assert_eq!(error("/api/facets?q=x"), query());
    assert_eq!(error("/api/facets?field=shoes"), query());
    assert_eq!(error("/api/timeline?by=fortnight"), query());
    assert_eq!(error("/api/related"), query());
    assert_eq!(error("/api/articles/dam%FF.txt"), query());
    let unknown = (404, "unknown".to_owned());
    assert_eq!(error("/api/articles/nowhere.txt"), unknown);
    assert_eq!(error("/api/related?id=nowhere.txt"), unknown);
    assert_eq!(error("/nowhere"), unknown);
    let long = format!("/api/search?q={}", "x".repeat(20_000));
    assert_eq!(error(&long), (413, "size".to_owned()));
    assert_eq!(
        error("/api/search?q=dam&timeout=0"),
        (504, "time".to_owned())
    );
    let written = server.connect().ask("POST", "/api/search?q=x", &[]);
    assert_eq!(written.error(), (405, "method".to_owned()));
    assert_eq!(written.header("allow"), Some("GET, HEAD"));

    // The place counts bytes of the query: ü is two.
    let wrong = server.get("/api/search?q=m%C3%BCll+date:nonsense").json();
    let (start, end) = (&wrong["error"]["start"], &wrong["error"]["end"]);
    let (start, end) = (
        start.as_u64().expect("a start"),
        end.as_u64().expect("an end"),
    );
    let text = "müll date:nonsense";
    let place = text
        .get(start as usize..end as usize)
        .expect("on characters");
    assert!(place.contains("nonsense"), "{place}");
}

#[test]
fn other_names_and_other_sites_are_refused() {
    let server = Running::of_corpus(&["--allow-host", "news.example"]);
    let host = |name| server.with("/api/status", &[("Host", name)]).status;
    assert_eq!(host("localhost:1234"), 200);
    assert_eq!(host("[::1]:80"), 200);
    assert_eq!(host("News.Example"), 200);
    assert_eq!(host("rebound.example"), 403);
    assert_eq!(host("127.0.0.1.example"), 403);
    assert_eq!(host("192.168.1.1"), 403);
    assert_eq!(host(""), 403);
    let own = format!("http://{}", server.address);
    let from = |origin: &str| {
        server
            .with("/api/search?q=dam", &[("Origin", origin)])
            .status
    };
    assert_eq!(from(&own), 200);
    assert_eq!(from("https://other.example"), 403);
    assert_eq!(from("http://127.0.0.1:1"), 403);
    assert_eq!(from("null"), 403);
    let fetched = |site: &str, target: &str, mode: &str| {
        let headers = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode)];
        server.with(target, &headers).status
    };
    assert_eq!(fetched("same-origin", "/api/status", "cors"), 200);
    assert_eq!(fetched("cross-site", "/api/status", "no-cors"), 403);
    assert_eq!(fetched("cross-site", "/", "navigate"), 200);
}

#[test]
fn a_token_opens_by_header_by_parameter_and_by_cookie() {
    let token = "correct-horse-battery";
    let server = Running::of_corpus(&["--token", token]);
    let refused = server.get("/api/status");
    assert_eq!(refused.error(), (401, "token".to_owned()));
    assert!(refused.header("www-authenticate").is_some());
    let bearer = |token: &str| {
        let value = format!("Bearer {token}");
        server
            .with("/api/status", &[("Authorization", &value)])
            .status
    };
    assert_eq!(bearer(token), 200);
    assert_eq!(bearer("correct-horse-batter"), 401);
    assert_eq!(bearer("correct-horse-battery-"), 401);
    assert_eq!(bearer(""), 401);
    assert_eq!(server.get("/").status, 401);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(
        server.get(&format!("/api/status?token={token}")).status,
        200
    );
    assert_eq!(server.get("/api/status?token=wrong").status, 401);

    // The page keeps it in a cookie, and takes it out of the address.
    let welcome = server.get(&format!("/?q=dam&token={token}&sort=newest"));
    assert_eq!(welcome.status, 303);
    assert_eq!(welcome.header("location"), Some("/?q=dam&sort=newest"));
    let cookie = welcome.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let pair = cookie.split(';').next().expect("a pair");
    assert_eq!(server.with("/", &[("Cookie", pair)]).status, 200);
}

#[test]
fn without_a_token_only_this_machine_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("a.txt");
    std::fs::write(&text, "One line of news.\n").expect("a file");
    let location = index(folder.path(), &[&text]);
    let mut process = dateline()
        .args(["serve", "--host", "0.0.0.0", "--port", "0", "--index"])
        .arg(&location)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    let mut errors = String::new();
    let began = Instant::now();
    while process.try_wait().expect("a state").is_none() {
        if began.elapsed() > Duration::from_secs(20) {
            let _ = process.kill();
            panic!("it serves others without a token");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut stream = process.stderr.take().expect("errors");
    stream.read_to_string(&mut errors).expect("text");
    assert_eq!(process.wait().expect("a status").code(), Some(2));
    assert!(errors.contains("--token"), "{errors}");
}

#[test]
fn an_answer_is_fetched_once_a_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("first.txt");
    std::fs::write(&text, "The lighthouse was lit again.\n").expect("a file");
    let location = index(folder.path(), &[&text]);
    let server = Running::over(folder, &location, &[]);
    let target = "/api/search?q=lighthouse";
    let first = server.get(target);
    assert_eq!(first.json()["total"], 1);
    let etag = first.header("etag").expect("an ETag").to_owned();
    let again = |etag: &str| server.with(target, &[("If-None-Match", etag)]);
    assert_eq!(again(&etag).status, 304);
    assert_eq!(again(&format!("\"other\", {etag}")).status, 304);
    assert_eq!(again("\"other\"").status, 200);
    let other = server.with("/api/search?q=lit", &[("If-None-Match", &etag)]);
    assert_eq!(other.status, 200);

    let second = server.folder.path().join("second.txt");
    std::fs::write(&second, "A second lighthouse was built.\n").expect("a file");
    index(server.folder.path(), &[&second]);
    let began = Instant::now();
    let fresh = loop {
        let answer = again(&etag);
        if answer.status == 200 || began.elapsed() > Duration::from_secs(20) {
            break answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(fresh.status, 200, "the new commit was not picked up");
    assert_eq!(fresh.json()["total"], 2);
    assert_ne!(fresh.header("etag"), Some(etag.as_str()));
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_runs_no_inline_script() {
    let server = Running::of_corpus(&[]);
    let page = server.get("/");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let html = String::from_utf8(page.body).expect("text");
    assert!(!html.contains("://"), "an address of another site");
    assert!(!html.contains("<script>") && !html.contains("<style"));
    for part in html
        .split(['"', ' '])
        .filter(|p| p.ends_with(".js") || p.ends_with(".css"))
    {
        assert_eq!(server.get(part).status, 200, "{part}");
    }
    let script = String::from_utf8(server.get("/app.js").body).expect("text");
    assert!(!script.contains("innerHTML") && !script.contains("insertAdjacentHTML"));
}

#[test]
fn large_answers_are_compressed_where_that_is_understood() {
    let server = Running::of_corpus(&[]);
    let target = "/api/search?q=dam&limit=20";
    let plain = server.get(target);
    assert_eq!(plain.header("content-encoding"), None);
    let packed = server.with(target, &[("Accept-Encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < plain.body.len() / 2);
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.body.as_slice())
        .read_to_string(&mut text)
        .expect("gzip");
    assert!(text.starts_with("{\"schema_version\":1"), "{text}");
}

#[test]
fn hostile_titles_are_carried_as_text() {
    let folder = tempfile::tempdir().expect("a folder");
    // An id of characters that addresses are made of, and markup that its source escaped: it is text.
    let row = serde_json::json!({
        "id": "../../etc/passwd?x=1#2&<b>", "title": "5 &lt; 6 &lt;img src=x onerror=alert(1)&gt;",
        "text": "Hostile words in a quiet story.", "published": "2024-05-06"
    });
    let file = folder.path().join("hostile.jsonl");
    std::fs::write(&file, format!("{row}\n")).expect("a file");
    let location = index(folder.path(), &[&file]);
    let server = Running::over(folder, &location, &[]);
    let found = server.get("/api/search?q=hostile");
    assert_eq!(found.header("content-type"), Some("application/json"));
    let hit = &found.json()["hits"][0];
    assert_eq!(hit["title"], "5 < 6 <img src=x onerror=alert(1)>");
    let id = hit["article"].as_str().expect("an id");
    let article = server.get(&format!("/api/articles/{}", encoded(id)));
    assert_eq!(article.status, 200, "{id}");
    assert_eq!(article.json()["title"], hit["title"]);
}

#[test]
fn an_embargoed_article_is_unknown_before_its_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = |id: &str, until: &str| {
        serde_json::json!({
            "uri": id, "type": "text", "headline": "Budget speech", "pubstatus": "usable",
            "embargoed": until, "versioncreated": "2026-05-30T08:00:00Z",
            "body_text": "The minister speaks of the budget."
        })
    };
    for (id, until) in [
        ("open", "2026-05-31T08:00:00Z"),
        ("closed", "2026-07-01T08:00:00Z"),
    ] {
        let file = folder.path().join(format!("{id}.json"));
        std::fs::write(file, row(id, until).to_string()).expect("a file");
    }
    let (open, closed) = (
        folder.path().join("open.json"),
        folder.path().join("closed.json"),
    );
    let location = index(folder.path(), &[&open, &closed]);
    let server = Running::over(folder, &location, &[]);
    assert_eq!(server.get("/api/articles/open").status, 200);
    assert_eq!(server.get("/api/articles/closed").status, 404);
    assert_eq!(server.get("/api/related?id=closed").status, 404);
    assert_eq!(server.get("/api/search?q=budget").json()["total"], 1);
    let later = server.get("/api/articles/closed?now=2026-07-02");
    assert_eq!(later.status, 200);
}

#[test]
fn ten_thousand_requests_from_64_connections_lose_none() {
    const CONNECTIONS: usize = 64;
    const REQUESTS: usize = 10_000;
    let server = Running::of_corpus(&[]);
    let queries = [
        "kestrel+dam",
        "nissan",
        "notre+dame",
        "%22public+inquiry%22",
        "merkel",
    ];
    let next = AtomicUsize::new(0);
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = server.connect();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= REQUESTS {
                        return;
                    }
                    let query = queries[number % queries.len()];
                    let answer = connection.get(&format!("/api/search?q={query}&limit=1"), &[]);
                    assert_eq!(answer.status, 200);
                    let found = answer.json();
                    assert!(found["total"].as_u64().is_some_and(|n| n > 0), "{query}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(answered.into_inner(), REQUESTS);
}

#[test]
fn more_than_it_was_told_to_take_is_told_to_come_back() {
    let server = Running::of_corpus(&["--max-requests", "1", "--threads", "1"]);
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let each: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = server.connect();
                    (0..20)
                        .map(|n| {
                            connection
                                .get(&format!("/api/search?q=dam+{n}&limit=50"), &[])
                                .status
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        each.into_iter()
            .flat_map(|t| t.join().expect("answers"))
            .collect()
    });
    assert!(
        codes.iter().all(|code| [200, 429].contains(code)),
        "{codes:?}"
    );
    assert!(codes.contains(&200) && codes.contains(&429), "{codes:?}");
    // Nothing is left behind.
    assert_eq!(server.get("/api/search?q=dam").status, 200);
}

#[cfg(unix)]
#[test]
fn it_ends_when_told_to_with_130() {
    let mut server = Running::of_corpus(&[]);
    let mut idle = server.connect();
    assert_eq!(idle.get("/healthz", &[]).status, 200);
    let told = Command::new("kill")
        .arg(server.process.id().to_string())
        .status()
        .expect("kill");
    assert!(told.success());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = server.process.try_wait().expect("a state") {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(15), "still running");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_request_asked_by_call_is_answered_as_over_a_socket() {
    use dateline::serve::{Options, Socketless};
    let server = Running::of_corpus(&[]);
    let archive = dateline::index::Archive::open(&server.folder.path().join("index"));
    let archive = archive.expect("the index of the server");
    let called = Socketless::new(archive.into(), Options::default()).expect("no server");
    for (target, status) in [
        ("/api/facets?field=person&q=dam", 200),
        ("/api/timeline?q=dam&by=year", 200),
        ("/api/search?q=dam&limit=none", 400),
        ("/style.css", 200),
        ("/nowhere", 404),
        ("/api/articles/%ff", 400),
    ] {
        let over_socket = server.get(target);
        let wire = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answer = called.answer(wire.as_bytes()).expect("an answer");
        assert_eq!((answer.status, over_socket.status), (status, status));
        assert!(answer.body == over_socket.body, "{target}");
    }
    for broken in [
        "",
        "GET / HTTP/1.1\r\n",
        "GET /\r\n\r\n",
        "G T / HTTP/1.1\n\n",
    ] {
        assert!(called.answer(broken.as_bytes()).is_none(), "{broken:?}");
    }
}
