package dev.temper.trainers.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A template from anywhere ends, and takes no more memory than a conversation needs. */
class TemplateLimitsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for a in range(99) %}{% set ns.s = ns.s.replace('x', 'xx') %}{% endfor %}",
        "{% set ns = namespace(s=['x']) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}{{ ns.s | tojson }}",
        "{% set ns = namespace(s=['x'], t=['x']) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
        "{% set ns = namespace(s=(1,)) %}{% for a in range(99) %}{% set ns.s = (ns.s, ns.s) %}{% endfor %}{{ {ns.s: 1} }}",
        "{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s in [1] }}{{ 'a'.split(ns.s) }}",
        "{{ 'x' * 999999999 }}",
        "{{ 999999999 * [1] }}",
        "{{ 'xy' * 9223372036854775807 }}",
        "{{ range(1000000000) }}",
        "{{ 'x' | center(999999999) }}",
        "{{ 'a\nb' | indent(999999999) }}",
        "{{ [1] | tojson(indent=999999999) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [[[]]] recursive %}{{ loop([x]) }}{% endfor %}",
        "{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}",
        "{% set ns = namespace(s='x' * 99999) %}{% for a in range(99999) %}{{ ns.s | length }}{% set y = ns.s.upper() %}{% endfor %}"
      })
  void whatHasNoEndIsStopped(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e ->
                assertThat(e.kind())
                    .isIn(TemplateException.Kind.LIMIT, TemplateException.Kind.VALUE));
  }

  @Test
  void whatIsNestedTooDeepIsRefused() {
    assertThatThrownBy(() -> render("{{ " + "(".repeat(200_000) + " }}"))
        .isInstanceOf(TemplateException.class);
    assertThatThrownBy(() -> render("{{ 1" + " + 1".repeat(150_000) + " }}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("nested too deep");
    assertThatThrownBy(() -> render("{% if 1 %}".repeat(50_000)))
        .isInstanceOf(TemplateException.class);
    assertThatThrownBy(() -> Template.of("x".repeat((1 << 20) + 1)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("1048576 characters");
  }

  @Test
  void theLineIsNamed() {
    assertThatThrownBy(() -> render("a\n\n{% if true %}\n  {{ messages.x.y }}\n{% endif %}"))
        .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.line()).isEqualTo(4))
        .hasMessage("line 4: 'list object' has no attribute 'x'");
    assertThatThrownBy(() -> Template.of("a\n{% for x on y %}"))
        .hasMessage("line 2: expected 'in', got 'on'");
    assertThatThrownBy(() -> Template.of("{% include 'a' %}"))
        .hasMessageContaining("'include' is no statement that chat templates have");
    assertThatThrownBy(() -> render("\n{{ raise_exception('no') }}"))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> assertThat(e.kind()).isEqualTo(TemplateException.Kind.RAISED))
        .hasMessage("line 2: no");
  }

  private static String render(String template) {
    return Template.of(template)
        .render(Map.of("messages", java.util.List.of()), Renderings.CLOCK)
        .text();
  }
}
