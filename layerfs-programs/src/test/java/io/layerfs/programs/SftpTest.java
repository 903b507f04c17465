package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.common.SftpException;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Apache sshd serves the image by SFTP, and a client works on it. */
class SftpTest {

    @TempDir
    private Path work;

    @Test
    @Timeout(60)
    void filesAreReadWrittenAndMoved() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair key = generator.generateKeyPair();
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            List<String> answers = places.same(directory -> serve(directory, key));
            assertThat(answers).contains("sent.txt 22", "no none: SSH_FX_NO_SUCH_FILE");
        }
    }

    private static List<String> serve(Path directory, KeyPair key) throws IOException {
        try (SshServer server = SshServer.setUpDefaultServer();
                SshClient client = SshClient.setUpDefaultClient()) {
            server.setHost("127.0.0.1");
            server.setKeyPairProvider(KeyPairProvider.wrap(key));
            server.setPasswordAuthenticator((user, password, session) -> true);
            server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
            server.setFileSystemFactory(new VirtualFileSystemFactory(directory));
            server.start();
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.setHostConfigEntryResolver(org.apache.sshd.client.config.hosts.HostConfigEntryResolver.EMPTY);
            client.start();
            try (ClientSession session = client.connect("user", "127.0.0.1", server.getPort())
                    .verify(Duration.ofSeconds(30))
                    .getSession()) {
                session.addPasswordIdentity("password");
                session.auth().verify(Duration.ofSeconds(30));
                try (SftpClient sftp = SftpClientFactory.instance().createSftpClient(session)) {
                    return use(sftp, directory);
                }
            }
        }
    }

    private static List<String> use(SftpClient sftp, Path directory) throws IOException {
        List<String> answers = new ArrayList<>();
        sftp.mkdir("/new");
        try (OutputStream out = sftp.write("/new/sent.txt")) {
            out.write("what the client sends\n".getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = sftp.read("/a/b/c/three.txt")) {
            answers.add("read " + new String(in.readAllBytes(), StandardCharsets.UTF_8).hashCode());
        }
        sftp.rename("/a/b", "/new/moved");
        sftp.symLink("/new/link", "moved/two.txt");
        answers.add(sftp.readLink("/a/link"));
        sftp.remove("/a/one.txt");
        SftpClient.Attributes mode = new SftpClient.Attributes();
        mode.setPermissions(0600);
        sftp.setStat("/new/sent.txt", mode);
        try (SftpClient.CloseableHandle file =
                sftp.open("/new/moved/two.txt", EnumSet.of(SftpClient.OpenMode.Read, SftpClient.OpenMode.Write))) {
            sftp.write(file, 100_000, new byte[] {1});
        }
        for (SftpClient.DirEntry entry : sftp.readDir("/new")) {
            SftpClient.Attributes attributes = entry.getAttributes();
            answers.add(entry.getFilename() + (attributes.isRegularFile() ? " " + attributes.getSize() : ""));
        }
        answers.sort(null);
        try {
            sftp.lstat("/none");
        } catch (SftpException e) {
            answers.add("no none: " + org.apache.sshd.sftp.common.SftpConstants.getStatusName(e.getStatus()));
        }
        answers.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("new/sent.txt"))));
        answers.addAll(TwoPlaces.tree(directory));
        return answers;
    }
}
