//! A connection to a door, below HTTP. No door has a certificate, so TLS gets the alert of a server that has none for the
//! name it is asked for; and a door can close the connection in the place of an answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// TLS (RFC 8446, section 5.1): the content type that a connection's first record has.
const HANDSHAKE: u8 = 22;
/// A fatal `handshake_failure` (RFC 8446, section 6), as a record of TLS 1.2.
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Listens at a door.
#[derive(Debug)]
pub struct DoorListener(pub TcpListener);

/// A connection to a door.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    stage: Stage,
    closing: Closing,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing has come yet.
    Silent,
    /// What comes is HTTP.
    Http,
    /// The client was told that TLS is not to be had.
    Refused,
}

/// Closes a connection without an answer.
#[derive(Clone, Debug, Default)]
pub struct Closing(Arc<AtomicBool>);

impl Closing {
    /// Nothing is written from now on; the next attempt ends the connection.
    pub fn close(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_closed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Listener for DoorListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Connection { stream, stage: Stage::Silent, closing: Closing::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, DoorListener>> for Closing {
    fn connect_info(stream: IncomingStream<'_, DoorListener>) -> Self {
        stream.io().closing.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.stage == Stage::Refused {
            return Poll::Ready(Ok(()));
        }
        let start = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.stage == Stage::Silent
            && let Some(first) = buffer.filled().get(start)
        {
            self.stage = if *first == HANDSHAKE { Stage::Refused } else { Stage::Http };
        }
        if self.stage == Stage::Refused {
            // Nothing else was sent, so there is room for it.
            let _ = self.stream.try_write(&HANDSHAKE_FAILURE);
            // As if the client had gone.
            buffer.set_filled(start);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.closing.is_closed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
