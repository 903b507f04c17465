package io.layerfs.registry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that wait for the next request, and the thread that watches those in use. A connection waits half a minute at
 * most, less than servers and what lies before them keep one. Safe for many threads.
 */
final class ConnectionPool implements AutoCloseable {

    private static final long KEPT = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST = 8;

    private final Map<Route, Deque<Idle>> idle = new HashMap<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final long tick;
    private @Nullable Thread watch;
    private boolean closed;

    private record Idle(Connection connection, long since) {}

    ConnectionPool(long patienceMillis) {
        this.tick = Math.min(1000, Math.max(5, patienceMillis / 20));
    }

    /** One that leads there, and is open; null where there is none. */
    @Nullable
    Connection take(Route route) {
        while (true) {
            Idle found;
            synchronized (this) {
                Deque<Idle> waiting = idle.get(route);
                found = waiting == null ? null : waiting.pollLast();
            }
            if (found == null) {
                return null;
            }
            if (System.nanoTime() - found.since() < KEPT && found.connection().isQuiet()) {
                return found.connection();
            }
            discard(found.connection());
        }
    }

    /** Watches a new one. */
    synchronized void add(Connection connection) {
        open.add(connection);
        if (closed) {
            discard(connection);
        } else if (watch == null) {
            Thread thread = new Thread(this::run, "layerfs-http");
            thread.setDaemon(true);
            thread.start();
            watch = thread;
        }
    }

    /** Takes one back whose answer was read to its end. */
    synchronized void give(Route route, Connection connection) {
        Deque<Idle> waiting = idle.computeIfAbsent(route, key -> new ArrayDeque<>());
        if (closed || waiting.size() == MOST) {
            discard(connection);
        } else {
            waiting.add(new Idle(connection, System.nanoTime()));
        }
    }

    void discard(Connection connection) {
        open.remove(connection);
        connection.close();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(tick);
                long now = System.nanoTime();
                open.forEach(connection -> connection.expire(now));
                discardOld(now);
            }
        } catch (InterruptedException e) {
            // the pool is closed
        }
    }

    private synchronized void discardOld(long now) {
        for (Deque<Idle> waiting : idle.values()) {
            while (!waiting.isEmpty() && now - waiting.getFirst().since() >= KEPT) {
                discard(waiting.removeFirst().connection());
            }
        }
    }

    /** Ends all of them, those in use as well. */
    @Override
    public synchronized void close() {
        closed = true;
        if (watch != null) {
            watch.interrupt();
        }
        open.forEach(Connection::close);
        open.clear();
        idle.clear();
    }
}
