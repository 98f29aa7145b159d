//! A TCP proxy whose connections can be cut, also exactly when a given request passes.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// When to cut a connection that sends a given request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees the request.
    BeforeRequest,
    /// The server gets the request, its answer is lost.
    BeforeReply,
}

/// What the connections that are open when it is given have to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Cut,
    Freeze,
}

/// What becomes of what is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    /// It is forwarded.
    Works,
    /// Nobody is accepted.
    Refuses,
    /// It is accepted and lost.
    Silent,
}

/// Waits for a request.
struct Trap {
    request: Vec<u8>,
    cut: Cut,
    /// What the network is from then on.
    then: Option<Network>,
}

struct Faults {
    /// Where new connections lead.
    target: SocketAddr,
    trap: Option<Trap>,
    network: Network,
}

/// Forwards a port of the loopback address to another.
pub struct Proxy {
    address: SocketAddr,
    faults: Arc<Mutex<Faults>>,
    order: watch::Sender<Order>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port and forwards to `target` of the loopback address.
    pub async fn start(target: u16) -> anyhow::Result<Self> {
        Self::start_to((Ipv4Addr::LOCALHOST, target).into()).await
    }

    /// Listens on a free port and forwards to `target`.
    pub async fn start_to(target: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, crate::free_port())).await?;
        let address = listener.local_addr()?;
        let faults = Arc::new(Mutex::new(Faults { target, trap: None, network: Network::Works }));
        let order = watch::Sender::new(Order::Cut);
        let task = tokio::spawn(accept(listener, Arc::clone(&faults), order.subscribe()));
        Ok(Self { address, faults, order, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Cuts the next connection that sends `request`, once.
    pub fn trap(&self, request: &[u8], cut: Cut) {
        self.set(request, cut, None);
    }

    /// As [`Self::trap`], and from that very moment nobody is accepted until [`Self::refuse`] says otherwise.
    pub fn trap_then_refuse(&self, request: &[u8], cut: Cut) {
        self.set(request, cut, Some(Network::Refuses));
    }

    /// From the moment that somebody sends `request` all packets are lost, until [`Self::silence`] says otherwise.
    pub fn trap_then_silence(&self, request: &[u8]) {
        self.set(request, Cut::BeforeRequest, Some(Network::Silent));
    }

    fn set(&self, request: &[u8], cut: Cut, then: Option<Network>) {
        lock(&self.faults).trap = Some(Trap { request: request.to_vec(), cut, then });
    }

    /// Is the trap of [`Self::trap`] still waiting?
    #[must_use]
    pub fn trap_is_set(&self) -> bool {
        lock(&self.faults).trap.is_some()
    }

    /// Cuts every connection and refuses new ones (`true`), or lets them through again.
    pub fn refuse(&self, refuse: bool) {
        lock(&self.faults).network = if refuse { Network::Refuses } else { Network::Works };
        if refuse {
            self.cut();
        }
    }

    /// Leads new connections elsewhere, as a switch-over does; those that are open stay where they are.
    pub fn lead_to(&self, target: u16) {
        lock(&self.faults).target = (Ipv4Addr::LOCALHOST, target).into();
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.order.send_replace(Order::Cut);
    }

    /// Stops forwarding on every connection without closing it, as a network that loses all packets does. New ones work.
    pub fn freeze(&self) {
        self.order.send_replace(Order::Freeze);
    }
}

impl Proxy {
    /// Loses all packets, of open connections and of new ones, as a cut network does (`true`), or lets new connections
    /// through again; those that were open stay silent for ever.
    pub fn silence(&self, silent: bool) {
        lock(&self.faults).network = if silent { Network::Silent } else { Network::Works };
        if silent {
            self.freeze();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.task.abort();
    }
}

fn lock(faults: &Mutex<Faults>) -> MutexGuard<'_, Faults> {
    faults.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, faults: Arc<Mutex<Faults>>, order: watch::Receiver<Order>) {
    while let Ok((client, _)) = listener.accept().await {
        let (refuse, target) = {
            let faults = lock(&faults);
            (faults.network == Network::Refuses, faults.target)
        };
        if !refuse {
            tokio::spawn(forward(client, target, Arc::clone(&faults), order.clone()));
        }
    }
}

async fn forward(
    client: TcpStream,
    target: SocketAddr,
    faults: Arc<Mutex<Faults>>,
    mut order: watch::Receiver<Order>,
) {
    order.mark_unchanged();
    if lock(&faults).network == Network::Silent {
        return frozen(order).await;
    }
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut client_read, mut client_write) = client.into_split();
    let (mut server_read, mut server_write) = server.into_split();
    let silent = tokio::select! {
        silent = requests(&mut client_read, &mut server_write, &faults) => silent,
        _ = tokio::io::copy(&mut server_read, &mut client_write) => false,
        _ = order.changed() => *order.borrow() == Order::Freeze,
    };
    if silent {
        // All four halves live on.
        frozen(order).await;
    }
}

/// Silent and open until the connection is cut.
async fn frozen(mut order: watch::Receiver<Order>) {
    while order.changed().await.is_ok() && *order.borrow_and_update() == Order::Freeze {}
}

/// Copies requests. `false`: the connection is over, at the trap for one; `true`: from now on packets are lost.
async fn requests(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, faults: &Mutex<Faults>) -> bool {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let request = &buffer[..length];
        let cut = spring(faults, request);
        if lock(faults).network == Network::Silent {
            return true;
        }
        if cut == Some(Cut::BeforeRequest) || to.write_all(request).await.is_err() {
            return false;
        }
        if cut == Some(Cut::BeforeReply) {
            // The server reads what was sent before it sees the end.
            let _ = to.shutdown().await;
            return false;
        }
    }
    false
}

fn spring(faults: &Mutex<Faults>, request: &[u8]) -> Option<Cut> {
    let mut faults = lock(faults);
    let springs = |trap: &mut Trap| request.windows(trap.request.len()).any(|window| window == trap.request);
    let trap = faults.trap.take_if(springs)?;
    if let Some(network) = trap.then {
        faults.network = network;
    }
    Some(trap.cut)
}
