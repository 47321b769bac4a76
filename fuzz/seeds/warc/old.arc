filedesc://a.arc 0.0.0.0 20240305101500 text/plain 14
1 0 example



http://example.org/a b 127.0.0.1 20240305101500 text/html 871
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Transfer-Encoding: chunked

304
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bridge opens | The Daily</title>
<meta property="og:site_name" content="The Daily"><meta property="article:published_time" content="2024-03-05T10:15:00+01:00">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge opens","datePublished":"2024-03-05","author":{"name":"Jane Doe"}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Bridge opens</h1><p>The bridge over the river was opened on Tuesday, after nine years of work and two court cases.</p>
<h2>What it cost</h2><ul><li>Nine million for steel, the ministry said</li></ul><p>Drivers waited for hours before the first cars could pass.</p><figure><figcaption>No text</figcaption></figure></article></body></html>
0


junk
