import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** The trivial rule on Kafka Streams: a submission is read, counted by its subject, and answered with the count. */
public final class StreamsCount {
    private static final String STORE = "counts";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Arguments: bootstrap servers, source, answers, guarantee, application id, state folder. */
    public static void main(String[] told) {
        var settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, told[0]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, told[3]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, told[4]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, told[5]);
        settings.put(StreamsConfig.producerPrefix("acks"), "all");
        var streams = new StreamsBuilder();
        streams.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.Long()).withCachingEnabled());
        streams.stream(told[1], Consumed.with(Serdes.String(), Serdes.ByteArray()))
                .processValues(Counter::new, STORE)
                .to(told[2], Produced.with(Serdes.String(), Serdes.ByteArray()));
        var running = new KafkaStreams(streams.build(), settings);
        running.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        running.start();
    }

    private static final class Counter implements FixedKeyProcessor<String, byte[], byte[]> {
        private FixedKeyProcessorContext<String, byte[]> context;
        private KeyValueStore<String, Long> counts;

        @Override
        public void init(FixedKeyProcessorContext<String, byte[]> context) {
            this.context = context;
            this.counts = context.getStateStore(STORE);
        }

        @Override
        public void process(FixedKeyRecord<String, byte[]> submission) {
            try {
                JsonNode said = JSON.readTree(submission.value());
                Long before = counts.get(submission.key());
                long count = before == null ? 1 : before + 1;
                counts.put(submission.key(), count);
                var answer = JSON.createObjectNode();
                answer.set("subject", said.get("subject"));
                answer.set("type", said.get("type"));
                answer.put("count", count);
                context.forward(submission.withValue(JSON.writeValueAsBytes(answer)));
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }
    }
}
