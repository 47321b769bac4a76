//! Connections: how many, and for how long one may say nothing.

use axum::serve::Listener;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// Silence between answers after which a connection is closed; a browser opens a new one without a word.
const SILENCE: Duration = Duration::from_secs(75);

/// A listener that accepts no more connections than it was told at a time.
pub struct Bounded {
    listener: TcpListener,
    room: Arc<Semaphore>,
    silence: Duration,
}

impl Bounded {
    /// `answer` is the longest that an answer may take: its connection is silent so long.
    pub fn new(listener: TcpListener, connections: usize, answer: Duration) -> Self {
        let connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            listener,
            room: Arc::new(Semaphore::new(connections)),
            silence: answer.saturating_add(SILENCE),
        }
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // Never closed, so a place always comes.
        let place = self.room.clone().acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Answers are written whole; waiting to fill a packet would only delay their ends.
        let _ = stream.set_nodelay(true);
        let connection = Connection {
            stream,
            silence: self.silence,
            is_asking: false,
            end: Box::pin(sleep(self.silence)),
            _place: place,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends when its other side neither sends nor takes anything for too long, or sends a
/// request so slowly that no answer to it has begun by then.
pub struct Connection {
    stream: TcpStream,
    silence: Duration,
    /// A request has begun to come in, and nothing was answered yet: further bytes of it win no time.
    is_asking: bool,
    end: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Connection {
    fn heard<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
        asks: bool,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            if std::mem::replace(&mut self.is_asking, asks) && asks {
                return match self.end.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                    Poll::Pending => progress,
                };
            }
            // Years of silence, as `--timeout` may ask for, have no end that a clock could hold.
            let end = Instant::now().checked_add(self.silence);
            if let Some(end) = end {
                self.end.as_mut().reset(end);
            }
            return progress;
        }
        match self.end.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.heard(cx, progress, true)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.heard(cx, progress, false)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.heard(cx, progress, false)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::io::Write;

    async fn read(connection: &mut Connection) -> io::Result<usize> {
        let mut bytes = [0; 8];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| Pin::new(&mut *connection).poll_read(cx, &mut buffer)).await?;
        Ok(buffer.filled().len())
    }

    #[test]
    fn a_request_that_trickles_in_is_cut_off_and_one_after_an_answer_is_not() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("its address");
            let mut bounded = Bounded::new(listener, 1, Duration::ZERO);
            bounded.silence = Duration::from_millis(1500);
            let mut client = std::net::TcpStream::connect(address).expect("connected");
            let (mut server, _) = bounded.accept().await;
            // Requests that are answered may go on for longer than that.
            for _ in 0..8 {
                client.write_all(b"GET").expect("sent");
                assert_eq!(read(&mut server).await.expect("heard"), 3);
                let answered = poll_fn(|cx| Pin::new(&mut server).poll_write(cx, b"200")).await;
                assert_eq!(answered.expect("answered"), 3);
                sleep(Duration::from_millis(250)).await;
            }
            std::thread::spawn(move || {
                while client.write_all(b"G").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
            let began = Instant::now();
            let ended = loop {
                match read(&mut server).await {
                    Ok(0) => panic!("the client does not end it"),
                    Ok(_) => assert!(began.elapsed() < Duration::from_secs(30), "never cut off"),
                    Err(e) => break e.kind(),
                }
            };
            assert_eq!(ended, io::ErrorKind::TimedOut);
        });
    }
}
