package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Python's tarfile as a reader: what it lists of a tar, one process for all. */
final class PythonTarfile implements TarDifferentialTest.Judge {

    private final Process process;
    private final DataOutputStream to;
    private final BufferedReader from;

    /** Has its script in {@code directory}. */
    PythonTarfile(Path directory) throws IOException {
        Path script = directory.resolve("differ.py");
        try (InputStream in = PythonTarfile.class.getResourceAsStream("differ.py")) {
            Files.copy(in, script);
        }
        process = new ProcessBuilder("python3", script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        to = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    static boolean isHere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import tarfile").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public List<String> list(byte[] tar) throws IOException {
        to.writeInt(tar.length);
        to.write(tar);
        to.flush();
        List<String> lines = new ArrayList<>();
        for (String line = from.readLine(); line != null && !line.isEmpty(); line = from.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        to.close();
        process.destroy();
    }
}
