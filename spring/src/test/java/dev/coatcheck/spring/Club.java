package dev.coatcheck.spring;

import dev.coatcheck.servlet.SessionUser;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.WebAttributes;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;

/** An application behind Spring Security's form for log-ins, as its guide has it. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Club.Pages.class)
class Club {
    /** Not one of Spring Security's own. */
    record Member(String username, String password, int since) implements UserDetails {
        @Override
        public Collection<? extends GrantedAuthority> getAuthorities() {
            return List.of(new SimpleGrantedAuthority("ROLE_MEMBER"));
        }

        @Override
        public String getUsername() {
            return username;
        }

        @Override
        public String getPassword() {
            return password;
        }
    }

    /** One of Spring Security's own, with something to it. */
    static final class Tenant extends User {
        private static final long serialVersionUID = 1;

        private final int house;

        public Tenant(
                String username,
                @Nullable String password,
                Collection<? extends GrantedAuthority> authorities,
                int house) {
            super(username, password, authorities);
            this.house = house;
        }

        int house() {
            return house;
        }
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/why", "/error")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(form -> form.successHandler(new NamingTheUser()))
                .build();
    }

    /** So that a user's sessions can be listed, and ended. */
    private static final class NamingTheUser extends SavedRequestAwareAuthenticationSuccessHandler {
        @Override
        public void onAuthenticationSuccess(
                HttpServletRequest request, HttpServletResponse response, Authentication authentication)
                throws IOException, ServletException {
            SessionUser.logIn(request, authentication.getName());
            super.onAuthenticationSuccess(request, response, authentication);
        }
    }

    @Bean
    UserDetailsService users() {
        var ann = User.withUsername("ann").password("{noop}secret").roles("MEMBER");
        return name -> switch (name) {
            case "ann" -> ann.build();
            case "bob" -> ann.username("bob").disabled(true).build();
            case "eve" -> new Member("eve", "{noop}secret", 2026);
            default -> throw new UsernameNotFoundException(name);
        };
    }

    @RestController
    static class Pages {
        @GetMapping("/me")
        String me(Authentication who) {
            return who.getName() + " "
                    + who.getAuthorities().stream()
                            .map(GrantedAuthority::getAuthority)
                            .toList();
        }

        @GetMapping("/why")
        String why(@SessionAttribute(WebAttributes.AUTHENTICATION_EXCEPTION) AuthenticationException failure) {
            return String.valueOf(failure.getMessage());
        }
    }
}
