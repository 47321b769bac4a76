//! A small Quickwit on loopback: it answers the requests that dateline sends as a node of version 0.9
//! was seen to answer them, errors and refusals too. Queries are judged naively over documents in
//! memory, scores are BM25 by the statistics of each split.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tantivy::fieldnorm::FieldNormReader;

/// What a request is answered with instead of the truth.
#[derive(Clone, Debug)]
pub enum Fault {
    Status(u16),
    /// The work is done, and the answer never comes.
    DoneAndHungUp,
    /// Nothing is done, nothing is said.
    HungUp,
    Slow(Duration),
    Body(&'static str),
    PartOfTheSplits,
}

/// For the next requests whose path holds a word.
#[derive(Clone, Debug)]
struct Planned {
    path: &'static str,
    times: usize,
    /// Requests that pass before.
    after: usize,
    fault: Fault,
}

struct Document {
    fields: Map<String, Value>,
    terms: HashMap<String, HashMap<String, u32>>,
    lengths: HashMap<String, u32>,
    split: usize,
    visible: bool,
}

#[derive(Default)]
struct Index {
    config: Value,
    documents: Vec<Document>,
    splits: usize,
    deletes: Vec<String>,
}

#[derive(Default)]
struct Node {
    indexes: BTreeMap<String, Index>,
    faults: Vec<Planned>,
    version: Option<&'static str>,
    /// Every so many documents begin another split.
    split_documents: Option<usize>,
    /// The value that `Authorization` must have.
    token: Option<String>,
    largest_body: usize,
    all_bodies: usize,
}

/// A running stand-in; its thread ends with the process.
#[derive(Clone)]
pub struct Standin {
    node: Arc<Mutex<Node>>,
    port: u16,
}

impl Standin {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let node = Arc::new(Mutex::new(Node::default()));
        let shared = Arc::clone(&node);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let node = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &node));
            }
        });
        Self { node, port }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn location(&self, index: &str) -> String {
        format!("quickwit+{}/{index}", self.url())
    }

    fn node(&self) -> std::sync::MutexGuard<'_, Node> {
        self.node.lock().expect("no panic")
    }

    /// The next `times` requests whose path holds `path`, after the first `after` of them.
    pub fn fail(&self, path: &'static str, after: usize, times: usize, fault: Fault) {
        self.node().faults.push(Planned {
            path,
            times,
            after,
            fault,
        });
    }

    pub fn heal(&self) {
        self.node().faults.clear();
    }

    pub fn be_of_version(&self, version: &'static str) {
        self.node().version = Some(version);
    }

    pub fn ask_for(&self, header: &str) {
        self.node().token = Some(header.to_owned());
    }

    pub fn split_every(&self, documents: usize) {
        self.node().split_documents = Some(documents);
    }

    /// Bytes of all documents sent, and terms of `text` in them.
    pub fn sent(&self, index: &str) -> (usize, u64) {
        let node = self.node();
        let tokens = |d: &Document| d.fields["tokens"].as_u64().unwrap_or(0);
        let index = &node.indexes[index];
        (node.all_bodies, index.documents.iter().map(tokens).sum())
    }

    pub fn largest_body(&self) -> usize {
        self.node().largest_body
    }

    /// Does the deletes that were asked for.
    pub fn do_deletes(&self) {
        for index in self.node().indexes.values_mut() {
            do_deletes(index);
        }
    }

    /// How many documents an index holds, visible or not.
    pub fn documents(&self, index: &str) -> usize {
        self.node()
            .indexes
            .get(index)
            .map_or(0, |i| i.documents.len())
    }

    /// Drops a field of an index's mapping.
    pub fn spoil_mapping(&self, index: &str) {
        let mut node = self.node();
        let index = node.indexes.get_mut(index).expect("an index");
        index.config["doc_mapping"]["field_mappings"]
            .as_array_mut()
            .expect("fields")
            .retain(|f| f["name"] != "surface");
    }
}

fn serve(stream: TcpStream, node: &Mutex<Node>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut parts = line.split_whitespace();
        let (method, path) = (
            parts.next().unwrap_or("").to_owned(),
            parts.next().unwrap_or("").to_owned(),
        );
        let mut length = 0;
        let mut authorization = String::new();
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 {
                return;
            }
            let header = header.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap_or(0),
                    "authorization" => authorization = value.trim().to_owned(),
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let fault = planned(node, &path);
        let mut node = node.lock().expect("no panic");
        if path.contains("/ingest") {
            node.all_bodies += body.len();
        }
        node.largest_body = node.largest_body.max(body.len());
        let allowed = node.token.as_ref().is_none_or(|t| *t == authorization);
        let (status, text) = match &fault {
            _ if !allowed => (401, json!({"message": "no"}).to_string()),
            Some(Fault::Status(status)) => (
                *status,
                json!({"message": "not now, says the stand-in"}).to_string(),
            ),
            Some(Fault::HungUp) => return,
            Some(Fault::Body(body)) => (200, (*body).to_owned()),
            Some(Fault::DoneAndHungUp) => {
                node.answer(&method, &path, &body);
                return;
            }
            Some(Fault::Slow(time)) => {
                drop(node);
                std::thread::sleep(*time);
                return;
            }
            Some(Fault::PartOfTheSplits) => (
                200,
                json!({"took": 1, "timed_out": false,
                    "_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 1},
                    "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []}})
                .to_string(),
            ),
            None => node.answer(&method, &path, &body),
        };
        drop(node);
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            text.len()
        );
        if stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(text.as_bytes()))
            .is_err()
        {
            return;
        }
    }
}

fn planned(node: &Mutex<Node>, path: &str) -> Option<Fault> {
    let mut node = node.lock().expect("no panic");
    let plan = node
        .faults
        .iter_mut()
        .find(|p| path.contains(p.path) && p.times > 0)?;
    if plan.after > 0 {
        plan.after -= 1;
        return None;
    }
    plan.times -= 1;
    Some(plan.fault.clone())
}

fn problem(status: u16, message: &str) -> (u16, String) {
    (status, json!({"message": message}).to_string())
}

impl Node {
    fn answer(&mut self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["api", "v1", "version"]) => {
                let version = self.version.unwrap_or("0.9.0");
                let build = json!({"cargo_pkg_version": version, "version": format!("v{version}")});
                (200, json!({"build": build, "runtime": {}}).to_string())
            }
            ("POST", ["api", "v1", "indexes"]) => self.create(body),
            ("GET", ["api", "v1", "indexes", id]) => match self.indexes.get(*id) {
                None => problem(404, &format!("index `{id}` not found")),
                Some(index) => (
                    200,
                    json!({"version": "0.9", "index_uid": format!("{id}:1"), "index_config": index.config})
                        .to_string(),
                ),
            },
            ("DELETE", ["api", "v1", "indexes", id]) => match self.indexes.remove(*id) {
                None => problem(404, &format!("index `{id}` not found")),
                Some(_) => (200, "[]".to_owned()),
            },
            ("GET", ["api", "v1", "indexes", id, "describe"]) => match self.indexes.get(*id) {
                None => problem(404, &format!("index `{id}` not found")),
                Some(index) => (
                    200,
                    json!({"index_id": id, "num_published_splits": index.splits,
                        "num_published_docs": index.documents.len(),
                        "size_published_splits": index.documents.len() * 1000})
                    .to_string(),
                ),
            },
            ("POST", ["api", "v1", id, "ingest"]) => self.ingest(id, parameters, body),
            ("POST", ["api", "v1", id, "delete-tasks"]) => self.delete(id, body),
            ("POST", ["api", "v1", "_elastic", id, "_search"]) => self.search(id, parameters, body),
            ("POST", ["api", "v1", "_elastic", id, "_count"]) => self.count(id, body),
            _ => problem(404, "Route not found"),
        }
    }

    fn create(&mut self, body: &[u8]) -> (u16, String) {
        let Ok(config) = serde_json::from_slice::<Value>(body) else {
            return problem(400, "not an index config");
        };
        let id = config["index_id"].as_str().unwrap_or("").to_owned();
        if self.indexes.contains_key(&id) {
            return problem(400, &format!("index `{id}` already exists"));
        }
        // A node writes defaults out, and `fast` of a text field in its long form.
        let mut config = config;
        for field in config["doc_mapping"]["field_mappings"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            let is_text = field["type"].as_str().is_some_and(|t| t.contains("text"));
            match (is_text, field.get("fast")) {
                (true, Some(Value::Bool(true))) => field["fast"] = json!({"normalizer": "raw"}),
                (_, None) => field["fast"] = json!(false),
                _ => {}
            }
        }
        let index = Index {
            config: config.clone(),
            ..Index::default()
        };
        self.indexes.insert(id, index);
        (200, config.to_string())
    }

    fn ingest(&mut self, id: &str, parameters: &str, body: &[u8]) -> (u16, String) {
        let every = self.split_documents;
        let Some(index) = self.indexes.get_mut(id) else {
            return problem(404, &format!("index `{id}` not found"));
        };
        if body.len() > 10 << 20 {
            return (
                413,
                json!({"message": "the request payload is too large"}).to_string(),
            );
        }
        let known: HashMap<String, String> = index.config["doc_mapping"]["field_mappings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|f| {
                let text = |name: &str| f[name].as_str().unwrap_or("").to_owned();
                (text("name"), text("tokenizer"))
            })
            .collect();
        let (mut all, mut failures) = (0, Vec::new());
        for line in body.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            all += 1;
            let fields = match serde_json::from_slice::<Value>(line) {
                Ok(Value::Object(fields)) => fields,
                _ => {
                    failures.push(
                        json!({"message": "not JSON", "document": "", "reason": "invalid_json"}),
                    );
                    continue;
                }
            };
            let timed = fields.contains_key("at");
            if let Some(name) = fields.keys().find(|name| !known.contains_key(*name)) {
                failures.push(
                    json!({"message": format!("unknown field {name}"), "reason": "invalid_schema"}),
                );
                continue;
            }
            if !timed {
                failures.push(
                    json!({"message": "timestamp field is required", "reason": "invalid_schema"}),
                );
                continue;
            }
            let mut document = Document {
                terms: HashMap::new(),
                lengths: HashMap::new(),
                split: usize::MAX,
                visible: false,
                fields,
            };
            for (name, value) in &document.fields {
                let mut counts: HashMap<String, u32> = HashMap::new();
                let mut length = 0;
                let values = match value {
                    Value::Array(list) => list.clone(),
                    one => vec![one.clone()],
                };
                for value in values {
                    match (value.as_str(), known[name].as_str()) {
                        (Some(text), "whitespace") => {
                            for term in text.split_ascii_whitespace() {
                                *counts.entry(term.to_owned()).or_default() += 1;
                                length += 1;
                            }
                        }
                        (Some(text), _) if text.len() < 255 => {
                            counts.insert(text.to_owned(), 1);
                        }
                        (Some(_), _) => {}
                        (None, _) => {
                            counts.insert(value.to_string(), 1);
                        }
                    }
                }
                document.lengths.insert(name.clone(), length);
                document.terms.insert(name.clone(), counts);
            }
            index.documents.push(document);
        }
        if parameters.contains("commit=force") || parameters.contains("commit=wait_for") {
            let mut split = index.splits;
            let mut in_split = 0;
            for document in index.documents.iter_mut().filter(|d| !d.visible) {
                if every.is_some_and(|n| in_split == n) {
                    split += 1;
                    in_split = 0;
                }
                in_split += 1;
                document.visible = true;
                document.split = split;
            }
            index.splits = split + usize::from(in_split > 0);
        }
        let rejected = failures.len();
        (
            200,
            json!({"num_docs_for_processing": all, "num_ingested_docs": all - rejected,
                "num_rejected_docs": rejected, "parse_failures": failures})
            .to_string(),
        )
    }

    fn delete(&mut self, id: &str, body: &[u8]) -> (u16, String) {
        let Some(index) = self.indexes.get_mut(id) else {
            return problem(404, &format!("index `{id}` not found"));
        };
        let query = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let Some(query) = query["query"].as_str() else {
            return problem(400, "no query");
        };
        if parse_delete(query).is_none() {
            return problem(400, &format!("failed to parse query: {query}"));
        }
        index.deletes.push(query.to_owned());
        (200, json!({"opstamp": index.deletes.len()}).to_string())
    }

    fn count(&self, id: &str, body: &[u8]) -> (u16, String) {
        let Some(index) = self.indexes.get(id) else {
            return problem(404, &format!("index `{id}` not found"));
        };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match index.found(&body["query"]) {
            Ok(found) => (200, json!({"count": found.len()}).to_string()),
            Err(why) => problem(400, &why),
        }
    }

    fn search(&self, id: &str, parameters: &str, body: &[u8]) -> (u16, String) {
        let Some(index) = self.indexes.get(id) else {
            return problem(404, &format!("index `{id}` not found"));
        };
        let body: Value = match serde_json::from_slice(body) {
            Ok(body) => body,
            Err(e) => return problem(400, &e.to_string()),
        };
        let mut found = match index.found(&body["query"]) {
            Ok(found) => found,
            Err(why) => return problem(400, &why),
        };
        let size = body["size"].as_u64().unwrap_or(10) as usize;
        if size > 10_000 {
            return problem(400, "max value for max_hits is 10_000");
        }
        let sorts: Vec<(String, bool)> = body["sort"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|sort| match sort {
                Value::String(name) => (name.clone(), name != "_score"),
                other => {
                    let (name, how) = other
                        .as_object()
                        .expect("a sort")
                        .iter()
                        .next()
                        .expect("one");
                    (name.clone(), how["order"] == "asc")
                }
            })
            .collect();
        let key = |&(at, score): &(usize, f64)| -> Vec<Option<f64>> {
            sorts
                .iter()
                .map(|(name, _)| match name.as_str() {
                    "_score" => Some(score),
                    name => index.documents[at].fields.get(name).and_then(Value::as_f64),
                })
                .collect()
        };
        found.sort_by(|a, b| {
            for (n, (x, y)) in key(a).iter().zip(key(b)).enumerate() {
                // What has no value comes last in either order.
                let order = match (x, y) {
                    (Some(x), Some(y)) if sorts[n].1 => x.total_cmp(&y),
                    (Some(x), Some(y)) => y.total_cmp(x),
                    (None, None) => std::cmp::Ordering::Equal,
                    (None, _) => std::cmp::Ordering::Greater,
                    (_, None) => std::cmp::Ordering::Less,
                };
                if order.is_ne() {
                    return order;
                }
            }
            a.0.cmp(&b.0)
        });
        let total = found.len();
        let counts: Map<String, Value> = body["aggs"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, how)| (name.clone(), index.aggregate(how, &found)))
            .collect();
        let after: Vec<u64> = body["search_after"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .collect();
        let exact = |at: usize| -> Vec<u64> {
            let fields = &index.documents[at].fields;
            sorts
                .iter()
                .map(|(name, _)| fields.get(name).and_then(Value::as_u64).unwrap_or(0))
                .collect()
        };
        let wanted: Vec<&str> = parameters
            .split('&')
            .find_map(|p| p.strip_prefix("_source_includes="))
            .map_or(Vec::new(), |list| list.split(',').collect());
        let hits: Vec<Value> = found
            .iter()
            .filter(|(at, _)| after.is_empty() || exact(*at) > after)
            .take(size)
            .map(|&(at, score)| {
                let document = &index.documents[at];
                let source: Map<String, Value> = document
                    .fields
                    .iter()
                    .filter(|(name, _)| wanted.is_empty() || wanted.contains(&name.as_str()))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                let sort: Vec<Value> = sorts
                    .iter()
                    .map(|(name, _)| match name.as_str() {
                        "_score" => json!(score),
                        name => document.fields.get(name).cloned().unwrap_or_default(),
                    })
                    .collect();
                json!({"_index": id, "_source": source, "sort": sort})
            })
            .collect();
        let mut answer = json!({
            "took": 1, "timed_out": false,
            "_shards": {"total": index.splits, "successful": index.splits, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": total, "relation": "eq"}, "max_score": null, "hits": hits},
        });
        if !counts.is_empty() {
            answer["aggregations"] = Value::Object(counts);
        }
        (200, answer.to_string())
    }
}

/// `key:K` or `key:IN [K K] AND version:<N`.
fn parse_delete(query: &str) -> Option<(Vec<u64>, u64)> {
    let (keys, version) = match query.split_once(" AND version:<") {
        Some((keys, version)) => (keys, version.parse().ok()?),
        None => (query, u64::MAX),
    };
    let keys = keys.strip_prefix("key:")?;
    let keys = match keys.strip_prefix("IN [") {
        Some(list) => list.strip_suffix(']')?,
        None => keys,
    };
    let keys: Option<Vec<u64>> = keys.split(' ').map(|k| k.parse().ok()).collect();
    Some((keys?, version))
}

fn do_deletes(index: &mut Index) {
    for query in std::mem::take(&mut index.deletes) {
        let Some((keys, below)) = parse_delete(&query) else {
            continue;
        };
        index.documents.retain(|d| {
            let number = |name: &str| d.fields[name].as_u64().unwrap_or(0);
            !(d.visible && keys.contains(&number("key")) && number("version") < below)
        });
    }
}

impl Index {
    /// Documents that match with their scores.
    fn found(&self, query: &Value) -> Result<Vec<(usize, f64)>, String> {
        let mut out = Vec::new();
        let statistics = self.statistics(query);
        for (at, document) in self.documents.iter().enumerate() {
            if document.visible
                && let Some(score) = matches(document, query, &statistics)?
            {
                out.push((at, score));
            }
        }
        Ok(out)
    }

    /// By split and term of `text`: in how many documents; and by split: documents and terms.
    fn statistics(&self, query: &Value) -> Statistics {
        let mut statistics = Statistics::default();
        let mut terms = Vec::new();
        text_terms(query, &mut terms);
        terms.sort_unstable();
        terms.dedup();
        for document in self.documents.iter().filter(|d| d.visible) {
            let split = statistics.splits.entry(document.split).or_default();
            split.0 += 1;
            split.1 += document.lengths.get("text").copied().unwrap_or(0) as usize;
            if let Some(own) = document.terms.get("text") {
                for term in terms.iter().filter(|t| own.contains_key(*t)) {
                    *statistics
                        .holding
                        .entry((document.split, term.clone()))
                        .or_default() += 1;
                }
            }
        }
        statistics
    }

    fn aggregate(&self, how: &Value, found: &[(usize, f64)]) -> Value {
        if let Some(field) = how["sum"]["field"].as_str() {
            let sum: f64 = found
                .iter()
                .filter_map(|(at, _)| self.documents[*at].fields.get(field)?.as_f64())
                .sum();
            return json!({"value": sum});
        }
        let field = how["terms"]["field"].as_str().expect("a count by value");
        let size = how["terms"]["size"].as_u64().unwrap_or(10) as usize;
        let mut counts: BTreeMap<String, (Value, u64)> = BTreeMap::new();
        for (at, _) in found {
            let values = match self.documents[*at].fields.get(field) {
                None => Vec::new(),
                Some(Value::Array(list)) => list.clone(),
                Some(one) => vec![one.clone()],
            };
            for value in values {
                counts.entry(value.to_string()).or_insert((value, 0)).1 += 1;
            }
        }
        let mut list: Vec<(Value, u64)> = counts.into_values().collect();
        list.sort_by_key(|b| std::cmp::Reverse(b.1));
        let other: u64 = list.iter().skip(size).map(|b| b.1).sum();
        list.truncate(size);
        let buckets: Vec<Value> = list
            .into_iter()
            .map(|(key, count)| json!({"key": key, "doc_count": count}))
            .collect();
        json!({"buckets": buckets, "sum_other_doc_count": other, "doc_count_error_upper_bound": 0})
    }
}

#[derive(Default)]
struct Statistics {
    splits: HashMap<usize, (usize, usize)>,
    holding: HashMap<(usize, String), usize>,
}

fn text_terms(query: &Value, out: &mut Vec<String>) {
    match query {
        Value::Object(map) => {
            if let Some(term) = query["term"]["text"]["value"].as_str() {
                out.push(term.to_owned());
            }
            map.values().for_each(|v| text_terms(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| text_terms(v, out)),
        _ => {}
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn matches(
    document: &Document,
    query: &Value,
    statistics: &Statistics,
) -> Result<Option<f64>, String> {
    let (kind, inner) = query
        .as_object()
        .and_then(|o| o.iter().next())
        .ok_or_else(|| format!("not a query: {query}"))?;
    let one = || -> Result<(String, Value), String> {
        let (field, value) = inner
            .as_object()
            .and_then(|o| o.iter().next())
            .ok_or_else(|| format!("no field: {query}"))?;
        Ok((field.clone(), value.clone()))
    };
    let held = |field: &str, test: &dyn Fn(&str) -> bool| {
        document
            .terms
            .get(field)
            .is_some_and(|terms| terms.keys().any(|t| test(t)))
    };
    let when = |holds: bool| Ok(holds.then_some(1.0));
    match kind.as_str() {
        "match_all" => when(true),
        "exists" => {
            let field = inner["field"].as_str().unwrap_or("");
            when(document.fields.contains_key(field))
        }
        "term" => {
            let (field, value) = one()?;
            let term = text_of(&value["value"]);
            let Some(&count) = document.terms.get(&field).and_then(|t| t.get(&term)) else {
                return Ok(None);
            };
            if field != "text" {
                return Ok(Some(0.0));
            }
            let boost = value["boost"].as_f64().unwrap_or(1.0);
            Ok(Some(boost * bm25(document, &term, count, statistics)))
        }
        "terms" => {
            let (field, values) = one()?;
            let own = document.terms.get(&field);
            let values = values.as_array().ok_or("terms without a list")?;
            when(own.is_some_and(|own| values.iter().any(|v| own.contains_key(&text_of(v)))))
        }
        "prefix" => {
            let (field, value) = one()?;
            let prefix = text_of(&value["value"]);
            when(held(&field, &|t| t.starts_with(&prefix)))
        }
        "wildcard" => {
            let (field, value) = one()?;
            let mut pattern = text_of(&value["value"]);
            let folds = value["case_insensitive"] == true;
            if folds {
                pattern = pattern.to_lowercase();
            }
            let pattern: Vec<char> = pattern.chars().collect();
            when(held(&field, &|t| {
                let text = if folds {
                    t.to_lowercase()
                } else {
                    t.to_owned()
                };
                wild(&pattern, &text.chars().collect::<Vec<_>>())
            }))
        }
        "range" => {
            let (field, bounds) = one()?;
            let Some(value) = document.fields.get(&field) else {
                return Ok(None);
            };
            let compare = |bound: &Value| match (value.as_str(), bound.as_str()) {
                (Some(a), Some(b)) => a.cmp(b),
                _ => value
                    .as_f64()
                    .unwrap_or(f64::NAN)
                    .total_cmp(&bound.as_f64().unwrap_or(f64::NAN)),
            };
            let mut holds = true;
            for (name, bound) in bounds.as_object().ok_or("no bounds")? {
                holds &= match name.as_str() {
                    "gt" => compare(bound).is_gt(),
                    "gte" => compare(bound).is_ge(),
                    "lt" => compare(bound).is_lt(),
                    "lte" => compare(bound).is_le(),
                    other => return Err(format!("unknown bound {other}")),
                };
            }
            when(holds)
        }
        "bool" => {
            let list = |name: &str| inner[name].as_array().cloned().unwrap_or_default();
            for clause in inner
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
            {
                if ![
                    "must",
                    "must_not",
                    "should",
                    "filter",
                    "minimum_should_match",
                ]
                .contains(&clause.as_str())
                {
                    return Err(format!("unknown field `{clause}`"));
                }
            }
            let mut score = 0.0;
            for clause in list("filter") {
                if matches(document, &clause, statistics)?.is_none() {
                    return Ok(None);
                }
            }
            for clause in list("must_not") {
                if matches(document, &clause, statistics)?.is_some() {
                    return Ok(None);
                }
            }
            let should = list("should");
            let needed = match inner["minimum_should_match"].as_u64() {
                Some(n) => n as usize,
                None => usize::from(list("filter").is_empty() && !should.is_empty()),
            };
            let mut held = 0;
            for clause in should {
                if let Some(own) = matches(document, &clause, statistics)? {
                    held += 1;
                    score += own;
                }
            }
            Ok((held >= needed).then_some(score))
        }
        other => Err(format!("unknown variant `{other}`")),
    }
}

fn bm25(document: &Document, term: &str, count: u32, statistics: &Statistics) -> f64 {
    let (documents, tokens) = statistics.splits[&document.split];
    let holding = statistics
        .holding
        .get(&(document.split, term.to_owned()))
        .copied()
        .unwrap_or(1) as f64;
    let all = documents as f64;
    let idf = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln();
    let length = document.lengths.get("text").copied().unwrap_or(0);
    // Lengths are kept in a byte.
    let length = (0..=255u8)
        .map(FieldNormReader::id_to_fieldnorm)
        .take_while(|norm| *norm <= length)
        .last()
        .unwrap_or(0);
    let average = tokens as f64 / all;
    let norm = 1.2 * (0.25 + 0.75 * f64::from(length) / average);
    idf * 2.2 * f64::from(count) / (f64::from(count) + norm)
}

fn wild(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            wild(rest, text) || text.split_first().is_some_and(|(_, t)| wild(pattern, t))
        }
        (Some(('?', rest)), Some((_, text))) => wild(rest, text),
        (Some((p, rest)), Some((t, text))) => p == t && wild(rest, text),
        _ => false,
    }
}
