package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HiddenTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /reset?token=hunter2&x=1",
                "POST /login {\"email\":\"a@b.c\",\"password\":\"hunter2\"}",
                "POST /login {\"pin\":1,\"api_key\": \"hun\\\"ter2 hunter2\"}",
                "POST /login email=a@b.c&password=hunter2",
                "coatcheck prove --step 'GET /me' --header 'Cookie: sid=hunter2; b=hunter2'",
                "Authorization: Bearer hunter2",
                "authorization: Basic aHVudGVyMg== hunter2",
                "answered with Set-Cookie: sid=hunter2; Path=/",
                "with Bearer hunter2.hunter2-hunter2",
                "DATABASE_URL=postgresql://app:hunter2@db:5432/app bin/web",
                "REDIS_URL=redis://:hunter2@cache/0 bin/web",
                "node server.js --admin-password hunter2",
                "SESSION_SECRET=hunter2 node server.js",
                "GET /cart;jsessionid=hunter2",
                "POST /login {\"user\":\"a\",\"pass\":\"hunter2\"}",
                "POST /login user[name]=a&user[pass]=hunter2",
                "POST /login {\"otp\": \"hunter2\"}",
                "POST /unlock pin=hunter2",
                "POST /login password={{run}}hunter2",
                "POST /login password={hunter2",
            })
    void what_opens_something_is_not_shown(String text) {
        assertThat(Hidden.in(text)).contains(Hidden.MASK).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /login {\"email\":\"a@b.c\"}",
                "GET /photos?page=2&sort=date",
                "POST /flights {\"passenger\":\"a\",\"shipping\":\"b\",\"bypass\":\"c\"}",
                "GET /maps?compass=n&spin=2",
                "status 200 in the control, 401 in the fleet",
                "POST /password/reset",
                "POST /login.do?jsessionid={{sid}}",
                "POST /login email=a@b.c&password={{password}}",
                "coatcheck prove . --scenario login.hurl --checks spread",
                "cookie sid set in the control, untouched in the fleet",
            })
    void what_is_no_secret_stays_as_it_is(String text) {
        assertThat(Hidden.in(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void no_face_shows_what_a_request_carried(Samples sample) {
        Report report = sample.report();

        assertThat(TerminalFace.text(report, Screen.plain())).doesNotContain("hunter2");
        assertThat(JsonFace.text(report)).doesNotContain("hunter2");
        assertThat(HtmlFace.text(report)).doesNotContain("hunter2");
        assertThat(JUnitFace.text(report)).doesNotContain("hunter2");
        assertThat(SarifFace.text(report)).doesNotContain("hunter2");
    }

    @Test
    void the_rest_of_a_request_can_still_be_read() {
        assertThat(Hidden.in("POST /login {\"email\":\"a@b.c\",\"password\":\"x\"}"))
                .isEqualTo("POST /login {\"email\":\"a@b.c\",\"password\":\"***\"}");
    }
}
