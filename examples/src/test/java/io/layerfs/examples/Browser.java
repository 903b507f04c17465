package io.layerfs.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium, told what to do by its DevTools protocol. Close it: its process and profile go then. */
final class Browser implements AutoCloseable {

    private static final int SECONDS = 60;

    private final Process process;
    private final Path profile;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<Map<?, ?>> events = new ArrayList<>();
    private final WebSocket socket;
    private String session = "";
    private long calls;

    private Browser(Process process, Path profile, String address) {
        this.process = process;
        this.profile = profile;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Listener())
                .join();
    }

    /** Starts one; the test is skipped where there is none. */
    static Browser start() throws IOException, InterruptedException {
        Path program = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(program != null, "no Chromium");
        Path profile = Files.createTempDirectory("layerfs-browser-");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path port = profile.resolve("DevToolsActivePort");
        for (int i = 0; i < SECONDS * 20 && process.isAlive(); i++) {
            List<String> lines = Files.exists(port) ? Files.readAllLines(port) : List.of();
            if (lines.size() >= 2) {
                Browser browser = new Browser(process, profile, "ws://127.0.0.1:" + lines.get(0) + lines.get(1));
                browser.attach();
                return browser;
            }
            Thread.sleep(50);
        }
        stop(process, profile);
        throw new IOException("Chromium does not say where it listens");
    }

    private void attach() {
        Object target = call("Target.createTarget", "{\"url\":\"about:blank\"}").get("targetId");
        session = (String) call("Target.attachToTarget", "{\"targetId\":\"" + target + "\",\"flatten\":true}")
                .get("sessionId");
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", "{}");
        }
    }

    /** Shows a page, of that width, in light or dark; waits until it has loaded. */
    void open(Path page, int width, boolean dark) {
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":" + width + ",\"height\":800,\"deviceScaleFactor\":1,\"mobile\":" + (width < 600) + "}");
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + (dark ? "dark" : "light") + "\"}]}");
        events.clear();
        call("Page.navigate", "{\"url\":\"" + page.toUri() + "\"}");
        while (events.stream().noneMatch(event -> "Page.loadEventFired".equals(event.get("method")))) {
            take();
        }
    }

    /** The value of an expression, as text. */
    String evaluate(String expression) {
        String quoted = expression.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        Map<?, ?> answer = call(
                "Runtime.evaluate",
                "{\"expression\":\"String(" + quoted + ")\",\"returnByValue\":true,\"awaitPromise\":true}");
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return (String) ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** What it complained about, and what it asked the network for, since the page was opened. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (Map<?, ?> event : events) {
            String method = (String) event.get("method");
            Map<?, ?> values = (Map<?, ?>) event.get("params");
            boolean request = "Network.requestWillBeSent".equals(method)
                    && !String.valueOf(((Map<?, ?>) values.get("request")).get("url"))
                            .startsWith("file:");
            if (request
                    || List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                            .contains(method)) {
                complaints.add(event.toString());
            }
        }
        return complaints;
    }

    private Map<?, ?> call(String method, String parameters) {
        long id = ++calls;
        String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + to + "}", true)
                .join();
        while (true) {
            Map<?, ?> message = take();
            if (Long.valueOf(id).equals(message.get("id"))) {
                if (message.containsKey("error")) {
                    throw new AssertionError(method + ": " + message.get("error"));
                }
                return (Map<?, ?>) message.get("result");
            }
        }
    }

    /** The next message; an event is kept. */
    private Map<?, ?> take() {
        try {
            String text = messages.poll(SECONDS, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("Chromium has said nothing for " + SECONDS + " seconds");
            }
            Map<?, ?> message = (Map<?, ?>) JsonText.parse(text);
            if (message.containsKey("method")) {
                events.add(message);
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        stop(process, profile);
    }

    private static void stop(Process process, Path profile) throws IOException, InterruptedException {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor(SECONDS, TimeUnit.SECONDS);
        all.forEach(handle -> handle.onExit().join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                messages.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
