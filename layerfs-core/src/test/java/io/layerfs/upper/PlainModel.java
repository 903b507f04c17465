package io.layerfs.upper;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The model: what a view must be like, one operation after the other. */
final class PlainModel implements Plain {

    private static final class File {
        byte[] bytes = {};
        int links = 1;
    }

    private final Map<String, File> names = new TreeMap<>();
    private final File open = new File();

    /** {@code bytes} are what {@code f} has. */
    PlainModel(byte[] bytes) {
        open.bytes = bytes.clone();
        names.put("f", open);
    }

    @Override
    public String create(String name) {
        return names.putIfAbsent(name, new File()) == null ? "ok" : "exists";
    }

    @Override
    public String unlink(String name) {
        File file = names.remove(name);
        if (file == null) {
            return "absent";
        }
        file.links--;
        return "ok";
    }

    @Override
    public String rename(String from, String to) {
        File file = names.get(from);
        if (file == null) {
            return "absent";
        }
        if (names.get(to) != file) {
            unlink(to);
            names.remove(from);
            names.put(to, file);
        }
        return "ok";
    }

    @Override
    public String link(String name) {
        if (names.containsKey(name)) {
            return "exists";
        }
        if (open.links == 0) {
            return "absent";
        }
        names.put(name, open);
        open.links++;
        return "ok";
    }

    @Override
    public String write(int handle, int position, int count) {
        put(position, Plain.bytes(position, count));
        return "ok";
    }

    private void put(int position, byte[] bytes) {
        if (bytes.length > 0) {
            open.bytes = Arrays.copyOf(open.bytes, Math.max(open.bytes.length, position + bytes.length));
            System.arraycopy(bytes, 0, open.bytes, position, bytes.length);
        }
    }

    @Override
    public String append(int handle, int count) {
        int end = open.bytes.length;
        put(end, Plain.bytes(0, count));
        return "at " + end;
    }

    @Override
    public String truncate(int handle, int size) {
        open.bytes = Arrays.copyOf(open.bytes, size);
        return "ok";
    }

    @Override
    public String read(int handle) {
        return Plain.text(open.bytes);
    }

    @Override
    public String all() {
        StringBuilder text = new StringBuilder();
        names.forEach((name, file) -> text.append(Plain.line(name, file.links, file.bytes)));
        return text.toString();
    }
}
