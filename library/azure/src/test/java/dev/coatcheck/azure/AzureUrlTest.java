package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AzureUrlTest {
    /** Of the bytes ff ef be, and the name of the secret. */
    private static final String KEY = "/++hidden+/+";

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "AZURE_STORAGE_CONNECTION_STRING",
            "DefaultEndpointsProtocol=https;AccountName=ada1;AccountKey=" + KEY + ";EndpointSuffix=core.windows.net",
            "AZURE_STORAGE_CONTAINER",
            "photos");

    @Test
    void a_variable_that_is_not_set_is_what_is_wrong() {
        assertThatThrownBy(() -> AzureUrl.parse(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is null, as where its variable is not set; expected");
    }

    @Test
    void a_url_names_the_account_its_key_and_the_container() {
        var url = AzureUrl.parse("https://ada1:%2F++hidden+%2F%2B@ada1.blob.core.windows.net/photos");

        assertThat(url.endpoint()).isEqualTo(URI.create("https://ada1.blob.core.windows.net"));
        assertThat(url.key().account()).isEqualTo("ada1");
        assertThat(url.key().sign("x")).isEqualTo(new SharedKey("ada1", KEY).sign("x"));
        assertThat(url.container()).isEqualTo("photos");
        assertThat(url).hasToString("azure at ada1.blob.core.windows.net/photos");
    }

    @Test
    void the_account_may_be_in_the_path() {
        var url = AzureUrl.parse("http://ada1:a2V5@127.0.0.1:10000/ada1/my-photos/");

        assertThat(url.endpoint()).isEqualTo(URI.create("http://127.0.0.1:10000/ada1"));
        assertThat(url.container()).isEqualTo("my-photos");
        assertThat(url).hasToString("azure at 127.0.0.1:10000/ada1/my-photos");
    }

    @Test
    void a_container_may_have_any_name_that_azure_gives_one() {
        for (var name : new String[] {"a-b", "abc", "1".repeat(63)}) {
            assertThat(AzureUrl.parse("https://ada1:a2V5@host/" + name).container())
                    .isEqualTo(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "photos",
                "ftp://ada1:aGlkZGVu@host/photos",
                "https://ada1:aGlkZGVu@host",
                "https://ada1:aGlkZGVu@host/bob1/photos",
                "https://ada1:aGlkZGVu@host/ada1/a/photos",
                "https://ada1:aGlkZGVu@host/photos?sv=1",
                "https://ada1:aGlkZGVu@host/Photos",
                "https://ada1:aGlkZGVu@host/my--photos",
                "https://ada1:aGlkZGVu@host/my",
                "https://ada1:aGlkZGVu@host/a-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-17-18-19-20-21-22-23-24-2",
                "https://:aGlkZGVu@host/photos",
                "https://ada1:@host/photos",
                "https://aGlkZGVu@host/photos",
                "https://host/photos",
                "https://ada1:aGlkZGVu%zz@host/photos",
                "https://ada1:aGlkZGVu @host/photos",
                "https://ada1:aGlkZGVu*@host/photos",
                "https://ada1:aGlk/ZGVu@host/photos",
                "https:///photos"
            })
    void what_is_no_url_of_a_container_is_refused_without_the_key(String url) {
        assertThatThrownBy(() -> Azure.attach(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not the URL of a container: ")
                .hasMessageNotContaining("ZGVu");
    }

    @Test
    void the_environment_names_the_same() {
        var url = AzureUrl.of(ENVIRONMENT);

        assertThat(url.endpoint()).isEqualTo(URI.create("https://ada1.blob.core.windows.net"));
        assertThat(url.key().sign("x")).isEqualTo(new SharedKey("ada1", KEY).sign("x"));
        assertThat(url.container()).isEqualTo("photos");
        assertThat(AzureUrl.of(with(
                                "AZURE_STORAGE_CONNECTION_STRING",
                                "AccountName=ada1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:10000/ada1;"))
                        .endpoint())
                .isEqualTo(URI.create("http://127.0.0.1:10000/ada1"));
    }

    @Test
    void an_environment_that_lacks_something_is_refused_with_its_name() {
        assertThatThrownBy(() -> Azure.attach(with("AZURE_STORAGE_CONTAINER", "")))
                .hasMessageContaining("AZURE_STORAGE_CONTAINER");
        assertThatThrownBy(() -> Azure.attach(with("AZURE_STORAGE_CONTAINER", "a/b")))
                .hasMessageContaining("AZURE_STORAGE_CONTAINER");
        assertThatThrownBy(() -> Azure.attach(Map.of("AZURE_STORAGE_CONTAINER", "photos")))
                .hasMessageContaining("AZURE_STORAGE_CONNECTION_STRING");
        for (var broken : new String[] {
            "hidden",
            "AccountName=ada1;SharedAccessSignature=hidden",
            "AccountKey=aGlkZGVu;DefaultEndpointsProtocol=https",
            "AccountName=ada1;AccountKey=hidden*",
            "AccountName=ada1;AccountKey=aGlkZGVu;BlobEndpoint=https://host/?hidden",
            "AccountName=ada1;AccountKey=aGlkZGVu;DefaultEndpointsProtocol=ftp"
        }) {
            assertThatThrownBy(() -> Azure.attach(with("AZURE_STORAGE_CONNECTION_STRING", broken)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("AZURE_STORAGE_CONNECTION_STRING")
                    .hasMessageNotContaining("hidden")
                    .hasMessageNotContaining("aGlkZGVu");
        }
    }

    @Test
    void what_is_attached_shows_no_secret() {
        try (var azure = Azure.attach(ENVIRONMENT)) {
            assertThat(azure).hasToString("azure at ada1.blob.core.windows.net/photos");
        }
    }

    private static Map<String, String> with(String name, String value) {
        var environment = new HashMap<>(ENVIRONMENT);
        environment.put(name, value);
        return environment;
    }
}
