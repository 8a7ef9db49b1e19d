global using Akka.Actor;
global using Akka.TestKit;
global using Akka.TestKit.Xunit2;
global using Specs.Support;
global using Xunit;
