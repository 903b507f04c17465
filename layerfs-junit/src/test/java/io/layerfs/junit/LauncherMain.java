package io.layerfs.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests of the classes that the arguments name, with whatever JUnit is on the class path, and prints what became of
 * them. Arguments of the form {@code name=value} are configuration parameters.
 */
final class LauncherMain {

    private LauncherMain() {}

    /** Ends the JVM with 0, whatever becomes of the tests. */
    public static void main(String[] arguments) throws Exception {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0) {
                request.configurationParameter(argument.substring(0, equals), argument.substring(equals + 1));
            } else {
                request.selectors(selectClass(Class.forName(argument)));
            }
        }
        List<String> lines = new ArrayList<>();
        LauncherFactory.create().execute(request.build(), new TestExecutionListener() {
            @Override
            public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
                String outcome = result.getStatus() + " " + test.getDisplayName();
                result.getThrowable().ifPresent(failure -> lines.add(outcome + ": " + told(failure)));
                if (test.isTest() && result.getThrowable().isEmpty()) {
                    lines.add(outcome);
                }
            }

            @Override
            public synchronized void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
                lines.add("REPORT " + test.getDisplayName() + ": " + entry.getKeyValuePairs());
            }
        });
        lines.forEach(System.out::println);
        System.out.println(
                "JUnit " + org.junit.jupiter.api.Test.class.getPackage().getImplementationVersion());
    }

    private static String told(Throwable failure) {
        StringBuilder told = new StringBuilder(String.valueOf(failure.getMessage()));
        for (Throwable suppressed : failure.getSuppressed()) {
            told.append("\nSUPPRESSED ").append(suppressed.getMessage());
        }
        return told.toString();
    }
}
